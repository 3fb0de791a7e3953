import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from '../test/harness/certificate.ts';
import { createHttpServer, type HttpServerOptions } from './httpServer.ts';

const NO_OPENSSL = 'there is no openssl to make certificates with';
const upgrade = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

/** Starts a server that takes every upgrade, and answers each request. */
async function start(options: Partial<HttpServerOptions> = {}) {
  const { server } = createHttpServer({ certificate: undefined, pendingPerAddress: 2, ...options });
  server.on('request', (_request, response) => response.end('here'));
  const upgraded: Socket[] = [];
  server.on('upgrade', (_request, socket) => {
    upgraded.push(socket as Socket);
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of upgraded) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Whether a socket gets an answer, or is closed without one. */
async function answered(socket: Socket, request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n') {
  socket.write(request);
  return Promise.race([
    once(socket, 'data').then(() => 'answered' as const),
    once(socket, 'close').then(() => 'closed' as const),
  ]);
}

describe('the HTTP server', () => {
  it('holds an address to so many sockets that are no WebSockets', async () => {
    const { port } = await start();
    const [first, second] = [await open(port), await open(port)];
    expect(await answered(first)).toBe('answered');
    expect(await answered(await open(port))).toBe('closed');

    expect(await answered(second, upgrade)).toBe('answered');
    const third = await open(port);
    expect(await answered(third, upgrade)).toBe('answered');
    expect(await answered(await open(port), upgrade)).toBe('answered');
    expect(await answered(await open(port))).toBe('answered');
    expect(await answered(await open(port))).toBe('closed');
  });

  it('lets as many come again as have gone', async () => {
    const { server, port } = await start({ pendingPerAddress: 1 });
    for (let times = 0; times < 5; times++) {
      const closed = once(server, 'connection').then(([socket]) => once(socket as Socket, 'close'));
      const socket = await open(port);
      expect(await answered(socket)).toBe('answered');
      socket.destroy();
      await closed;
    }
  });

  it('counts sockets of TLS likewise, and lets go of those that say nothing', async ({ skip }) => {
    const files = makeCertificate();
    if (!files) return skip(NO_OPENSSL);
    const cert = readFileSync(files.certFile, 'utf8');
    const certificate = { cert, key: readFileSync(files.keyFile, 'utf8') };
    const { port } = await start({
      certificate,
      pendingPerAddress: 1,
      timeouts: { requestMs: 2000, checkMs: 100 },
    });
    for (let times = 0; times < 3; times++) {
      const socket = connectTls({ port, host: '127.0.0.1', ca: cert });
      onTestFinished(() => void socket.destroy());
      await once(socket, 'secureConnect');
      expect(await answered(socket, upgrade)).toBe('answered');
    }
    const silent = await open(port);
    expect(await answered(await open(port))).toBe('closed');
    await once(silent, 'close');
    const shaking = connectTls({ port, host: '127.0.0.1', ca: cert });
    shaking.on('error', () => {});
    await once(shaking, 'secureConnect');
    // Nothing after the handshake is as little as nothing at all.
    await once(shaking.resume(), 'close');
  });
});
