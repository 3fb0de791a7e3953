import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** An `@connections` of one's own. */
export type Answering = { readonly url: string; stop(): void };

/** A certificate of localhost and its key, in files. */
export type CertificateFiles = { readonly cert: string; readonly key: string };

/** Takes every post and answers it with 200 after so many milliseconds; over TLS if there is a certificate. */
export async function startAnswering(delayMs: number, files?: CertificateFiles): Promise<Answering> {
  const listener: RequestListener = (request, response) => {
    request.resume();
    if (delayMs > 0) setTimeout(() => response.end(), delayMs);
    else request.on('end', () => response.end());
  };
  const server = files
    ? createHttpsServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) }, listener)
    : createHttpServer(listener);
  // Sockets are kept for as long as a function may want them.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${files ? 'https' : 'http'}://localhost:${port}/production`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Makes a certificate that holds for a day. Throws where there is no openssl. */
export function makeCertificateFiles(folder: string): CertificateFiles {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  const rest = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', files.key, '-out', files.cert];
  execFileSync('openssl', [...request, ...rest], { stdio: 'ignore' });
  return files;
}
