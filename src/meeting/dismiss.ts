import { encodeFrame } from '../protocol/frames.ts';
import type { Connection, ConnectionSender } from './ports.ts';

/**
 * Parts with a connection whose membership has ended in favour of another: says why before closing, since API Gateway
 * lets nobody choose a close code. Never rejects.
 */
export async function dismiss({ connectionId }: Connection, connections: ConnectionSender): Promise<void> {
  const bye = encodeFrame({
    type: 'bye',
    code: 'replaced',
    message: 'A newer connection of the same user took the place of this one.',
  });
  await connections.send([connectionId], bye);
  await connections.disconnect(connectionId);
}
