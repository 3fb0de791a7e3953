import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The PEM files of a certificate for `localhost` and 127.0.0.1, signed by itself. */
export type TestCertificate = { readonly certFile: string; readonly keyFile: string };

/**
 * Makes a certificate that holds for a day, and is there until the test is finished. Undefined where there is no openssl
 * to make it with.
 */
export function makeCertificate(): TestCertificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')] as const;
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  try {
    const files = ['-keyout', keyFile, '-out', certFile];
    execFileSync('openssl', [...request, ...names, ...files], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { certFile, keyFile };
}
