import { createInterface } from 'node:readline';
import type { IdleJob } from './job.ts';
import { openAll, type RawConnection } from './RawConnection.ts';

/** Opens as many connections as each line of the input says, and answers with how many there are; ends with the input. */
export async function idle({ url, protocol, meetingSize }: IdleJob): Promise<void> {
  const connections: RawConnection[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const more = Array.from({ length: Number(line) }, (_, index) => {
      const number = connections.length + index;
      // Several processes may hold connections to one server.
      const meetingId = `idle-${process.pid}-${Math.floor(number / meetingSize)}`;
      return { url, protocol, meetingId, userId: `user-${number}` };
    });
    connections.push(...(await openAll(more)));
    console.log(connections.filter(({ isClosed }) => !isClosed).length);
  }
  for (const connection of connections) connection.close();
}
