import { encodeFrame } from '../protocol/frames.ts';
import type { Connection, ConnectionSender } from './ports.ts';

const farewells = {
  replaced: 'A newer connection of the same user took the place of this one.',
  flooding: 'This connection went on sending although it was refused for its rate.',
} as const;

/**
 * Parts with a connection: says why before closing, since API Gateway lets nobody choose a close code. Never rejects.
 */
export async function dismiss(
  { connectionId }: Pick<Connection, 'connectionId'>,
  connections: ConnectionSender,
  code: keyof typeof farewells = 'replaced',
): Promise<void> {
  const bye = encodeFrame({ type: 'bye', code, message: farewells[code] });
  await connections.send([connectionId], bye);
  await connections.disconnect(connectionId);
}
