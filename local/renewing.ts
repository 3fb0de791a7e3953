import type { Log } from '../lambda/shared/log.ts';
import { readCertificate, watchCertificate } from './certificate.ts';
import type { Config } from './config.ts';
import type { HttpServer } from './httpServer.ts';

/** Certificates are renewed weeks before they expire. */
const CHECK_MS = 60_000;

/** Has a server serve with what is in the certificate's files, whenever they change, until it is stopped. */
export function startRenewing(
  { setCertificate }: HttpServer,
  { certificateFiles }: Config,
  { log, checkMs = CHECK_MS }: { readonly log: Log; readonly checkMs?: number | undefined },
): { readonly reload: () => void; readonly stop: () => void } {
  if (!certificateFiles) return { reload: () => {}, stop: () => {} };
  const reload = () => {
    try {
      setCertificate(readCertificate(certificateFiles, Date.now()));
      log.info('certificate read again');
    } catch (error) {
      // In the middle of a renewal, one of the two files may be new already, and the other not yet.
      log.error('certificate kept', { error });
    }
  };
  return { reload, stop: watchCertificate(certificateFiles, checkMs, reload) };
}
