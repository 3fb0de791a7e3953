import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Waits until the server listens on a free port of this machine. */
export async function listen(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Where a listening server is: `HOST:PORT`. */
export const authorityOf = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Ends a server and all its connections. */
export function close(server: Server): void {
  server.closeAllConnections();
  server.close();
}
