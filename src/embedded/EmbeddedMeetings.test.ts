import { meetingsContract } from '../../test/contracts/meetings.ts';
import { EmbeddedMeetings } from './EmbeddedMeetings.ts';

meetingsContract('embedded', async () => new EmbeddedMeetings());
