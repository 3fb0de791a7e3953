import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigError, type Environment, text } from '../lambda/shared/variables.ts';

/** The PEM files of a certificate, with those between it and its root, and of its key. */
export type CertificateFiles = { readonly certFile: string; readonly keyFile: string };

/** What a server needs of both. */
export type Certificate = { readonly cert: string; readonly key: string };

/** Reads `TLS_CERT` and `TLS_KEY`; undefined without both: no TLS. Throws a {@link ConfigError}. */
export function readCertificateFiles(env: Environment): CertificateFiles | undefined {
  const [certFile, keyFile] = [text(env, 'TLS_CERT', ''), text(env, 'TLS_KEY', '')];
  if (certFile !== '' && keyFile !== '') return { certFile, keyFile };
  if (certFile === '' && keyFile === '') return undefined;
  const [set, unset] = certFile === '' ? ['TLS_KEY', 'TLS_CERT'] : ['TLS_CERT', 'TLS_KEY'];
  throw new ConfigError(`${set} is set, but not ${unset}: TLS needs both. Set both, or none.`);
}

/** Reads a certificate that can be served with at this time. Throws a {@link ConfigError} that says what to change. */
export function readCertificate({ certFile, keyFile }: CertificateFiles, nowMs: number): Certificate {
  const certificate = { cert: readPem('TLS_CERT', certFile), key: readPem('TLS_KEY', keyFile) };
  const { validFrom, validTo } = parse(certificate.cert, certFile);
  if (nowMs > Date.parse(validTo)) {
    throw new ConfigError(`TLS_CERT "${certFile}" has expired (${validTo}). Renew it.`);
  }
  if (nowMs < Date.parse(validFrom)) {
    throw new ConfigError(
      `TLS_CERT "${certFile}" holds from ${validFrom} only. Set the clock, or use another.`,
    );
  }
  try {
    createSecureContext(certificate);
  } catch (error) {
    const reason = (error as Error).message;
    throw new ConfigError(
      `TLS_KEY "${keyFile}" can't be used with TLS_CERT "${certFile}": ${reason}. Set it to the file of that certificate's own key, without a passphrase.`,
      { cause: error },
    );
  }
  return certificate;
}

function readPem(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `${variable} "${file}" can't be read: ${(error as Error).message}. Set it to a PEM file that this user may read.`,
      { cause: error },
    );
  }
}

function parse(cert: string, file: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (error) {
    throw new ConfigError(
      `TLS_CERT "${file}" is no certificate: ${(error as Error).message}. Set it to a PEM file that begins with the server's own.`,
      { cause: error },
    );
  }
}
