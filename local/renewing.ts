import { readFileSync } from 'node:fs';
import type { Log } from '../lambda/shared/log.ts';
import { type CertificateFiles, readCertificate } from './certificate.ts';
import type { Config } from './config.ts';
import type { HttpServer } from './httpServer.ts';

/** Certificates are renewed weeks before they expire. */
const CHECK_MS = 60_000;

/** Has a server serve with what is in the certificate's files, whenever that changes, until it is stopped. */
export function startRenewing(
  { setCertificate }: HttpServer,
  { certificateFiles }: Config,
  { log, checkMs = CHECK_MS }: { readonly log: Log; readonly checkMs?: number | undefined },
): { readonly reload: () => void; readonly stop: () => void } {
  if (!certificateFiles) return { reload: () => {}, stop: () => {} };
  let seen = contentsOf(certificateFiles);
  const reload = () => {
    seen = contentsOf(certificateFiles);
    try {
      setCertificate(readCertificate(certificateFiles, Date.now()));
      log.info('certificate read again');
    } catch (error) {
      // In the middle of a renewal, one of the two files may be new already, and the other not yet.
      log.error('certificate kept', { error });
    }
  };
  // By contents, not by the system's events: renewals put another file, or another link, in the old one's place.
  const timer = setInterval(() => {
    if (contentsOf(certificateFiles) !== seen) reload();
  }, checkMs).unref();
  return { reload, stop: () => clearInterval(timer) };
}

function contentsOf({ certFile, keyFile }: CertificateFiles): string {
  try {
    return `${readFileSync(certFile, 'utf8')}\n${readFileSync(keyFile, 'utf8')}`;
  } catch (error) {
    return String(error);
  }
}
