import { type ByeFrame, encodeFrame } from '../protocol/frames.ts';
import type { Connection, ConnectionSender } from './ports.ts';

const farewells = {
  replaced: 'A newer connection of the same user took the place of this one.',
  removed: 'A host has removed you from the meeting.',
  flooding: 'Too many messages were sent after being told to wait.',
} as const satisfies Record<ByeFrame['code'], string>;

/**
 * Parts with a connection: says why before closing, since API Gateway lets nobody choose a close code. Never rejects.
 */
export async function dismiss(
  { connectionId }: Pick<Connection, 'connectionId'>,
  code: ByeFrame['code'],
  connections: ConnectionSender,
): Promise<void> {
  const bye = encodeFrame({ type: 'bye', code, message: farewells[code] });
  await connections.send([connectionId], bye);
  await connections.disconnect(connectionId);
}
