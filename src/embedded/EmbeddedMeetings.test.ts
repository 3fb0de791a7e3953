import { joining, roomy } from '../../test/contracts/meetings/start.ts';
import { meetingsContract } from '../../test/contracts/meetings.ts';
import { memoryMeetings } from '../../test/harness/embeddedMeetings.ts';

meetingsContract('embedded', async (options) => {
  const meetings = memoryMeetings(options);
  return {
    meetings,
    populate: async (connections) => {
      const limits = { ...roomy, connectionsPerMeeting: connections.length };
      for (const connection of connections) {
        await meetings.connect(connection, limits);
        await meetings.join(connection, joining({ limits }));
      }
    },
    close: () => meetings.close(),
  };
});
