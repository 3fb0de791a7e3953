import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { addressGroup } from '../src/gateway/addressGroup.ts';
import type { Certificate } from './certificate.ts';

/** How long a client may take. Slower ones hold sockets open on purpose. */
export type HttpTimeouts = {
  /** From connecting, or from the answer before, until a whole request is there; for TLS's handshake, as much again. */
  readonly requestMs: number;
  /** How often it is looked for those that took longer. */
  readonly checkMs: number;
};

/** How the HTTP server is set up. */
export type HttpServerOptions = {
  /** Without one, there is no TLS. */
  readonly certificate: Certificate | undefined;
  /** Sockets of one address that have not become WebSockets. Undefined: as many as they like. */
  readonly pendingPerAddress: number | undefined;
  readonly timeouts?: HttpTimeouts | undefined;
};

/** An HTTP server, or one of HTTPS that can be given another certificate while it runs. */
export type HttpServer = { readonly server: Server; readonly setCertificate: (next: Certificate) => void };

const usualTimeouts: HttpTimeouts = { requestMs: 10_000, checkMs: 2000 };

/** Makes a server that nobody can occupy by being slow, silent or verbose. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { certificate, pendingPerAddress, timeouts = usualTimeouts } = options;
  const { requestMs, checkMs } = timeouts;
  const limits: ServerOptions = {
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: checkMs,
    keepAliveTimeout: 5000,
    // Node answers more with 431.
    maxHeaderSize: 16 * 1024,
  };
  if (!certificate) {
    const server = bounded(createServer(limits), pendingPerAddress);
    return { server, setCertificate: () => {} };
  }
  const tls = { ...certificate, minVersion: 'TLSv1.2', handshakeTimeout: requestMs } as const;
  const server = createTlsServer({ ...limits, ...tls });
  bounded(server, pendingPerAddress);
  return { server, setCertificate: (next) => server.setSecureContext({ ...next, minVersion: 'TLSv1.2' }) };
}

/** Holds each address to so many sockets that are no WebSockets; one more is closed without a word. */
function bounded(server: Server, pendingPerAddress = Number.POSITIVE_INFINITY): Server {
  server.maxRequestsPerSocket = 100;
  const pending = new PendingSockets();
  server.on('connection', (socket: Socket) => {
    if (pending.add(socket) > pendingPerAddress) socket.destroy();
  });
  // From here on, the gateway counts it.
  server.on('upgrade', (_request, socket: Duplex) => pending.delete(socket as Socket));
  return server;
}

/** Sockets by whom they count for. One under TLS and the one that speaks TLS are the same by their peer. */
class PendingSockets {
  readonly #peers = new Map<string, Set<string>>();

  /** Keeps a socket until it closes or is deleted, and says how many its address has. */
  add(socket: Socket): number {
    const { group, peer } = peerOf(socket);
    const peers = this.#peers.get(group) ?? new Set();
    this.#peers.set(group, peers.add(peer));
    // By then, the socket itself no longer knows.
    socket.once('close', () => this.#delete(group, peer));
    return peers.size;
  }

  delete(socket: Socket): void {
    const { group, peer } = peerOf(socket);
    this.#delete(group, peer);
  }

  #delete(group: string, peer: string): void {
    const peers = this.#peers.get(group);
    peers?.delete(peer);
    if (peers?.size === 0) this.#peers.delete(group);
  }
}

const peerOf = ({ remoteAddress = '', remotePort }: Socket): { group: string; peer: string } => ({
  group: addressGroup(remoteAddress),
  peer: `${remoteAddress} ${remotePort}`,
});
