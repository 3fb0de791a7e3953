import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { makeCertificate } from './certificate.ts';

/** TLS in front of a port of this machine. */
export type TlsProxy = {
  /** `localhost:PORT`, for which the certificate is. */
  readonly authority: string;
  /** The file that makes Node trust it, as `NODE_EXTRA_CA_CERTS`. */
  readonly certificateFile: string;
};

/** Listens until the test is finished. Undefined where there is no openssl to make a certificate with. */
export async function startTlsProxy(port: number): Promise<TlsProxy | undefined> {
  const certificate = makeCertificate();
  if (!certificate) return undefined;
  const { certFile, keyFile } = certificate;
  const options = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
  const server = createServer(options, (socket) => {
    const upstream = connect(port, '127.0.0.1');
    // Whichever side goes takes the other with it; how is what the tests look at.
    socket.on('error', () => {}).on('close', () => upstream.destroy());
    upstream.on('error', () => {}).on('close', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onTestFinished(() => {
    server.close();
  });
  return { authority: `localhost:${(server.address() as AddressInfo).port}`, certificateFile: certFile };
}
