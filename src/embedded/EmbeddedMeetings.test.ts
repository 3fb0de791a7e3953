import { meetingsContract } from '../../test/contracts/meetings.ts';
import { memoryMeetings } from '../../test/harness/embeddedMeetings.ts';

meetingsContract('embedded', async () => memoryMeetings());
