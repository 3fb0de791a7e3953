import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { Gateway } from '../../src/gateway/Gateway.ts';
import type { GatewayOptions } from '../../src/gateway/options.ts';

/** A gateway that listens on a free port until the test is finished. */
export type TestGateway = {
  readonly gateway: Gateway;
  readonly server: Server;
  readonly port: number;
  /** `ws://127.0.0.1:PORT/production` */
  readonly url: string;
};

/** Starts a gateway with the stage `production`, unless told otherwise. */
export async function startGateway(
  options: Omit<GatewayOptions, 'stage'> & { stage?: string },
): Promise<TestGateway> {
  const stage = options.stage ?? 'production';
  const gateway = new Gateway({ ...options, stage });
  const server = createServer();
  gateway.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await gateway.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { gateway, server, port, url: `ws://127.0.0.1:${port}/${stage}` };
}

/** A promise and the means to settle it. */
export type Deferred<Value> = {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: unknown) => void;
};

/** Lets a test decide when something it plays the part of is done. */
export function deferred<Value = void>(): Deferred<Value> {
  let settle: Pick<Deferred<Value>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (!settle) throw new Error('a promise runs its executor at once');
  return { promise, ...settle };
}
