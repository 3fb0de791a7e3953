import { joining, roomy } from '../../test/contracts/meetings/start.ts';
import { meetingsContract } from '../../test/contracts/meetings.ts';
import { EmbeddedMeetings } from './EmbeddedMeetings.ts';

meetingsContract('embedded', async (options) => {
  const meetings = new EmbeddedMeetings({ ...options, path: ':memory:', newId: () => crypto.randomUUID() });
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
