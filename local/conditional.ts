import type { IncomingHttpHeaders } from 'node:http';
import type { Encoding } from './pageFiles.ts';

const preferred: readonly Encoding[] = ['br', 'gzip'];

/** The encodings that a client takes (RFC 9110 section 12.5.3), the smallest first. It may always be sent plain bytes. */
export function acceptedEncodings(headers: IncomingHttpHeaders): readonly Encoding[] {
  const accepted = new Set(
    [headers['accept-encoding'] ?? '']
      .flat()
      .flatMap((value) => value.split(','))
      .filter((one) => !/;\s*q=0(\.0*)?\s*$/i.test(one))
      .map((one) => one.split(';', 1)[0]?.trim().toLowerCase()),
  );
  return preferred.filter((encoding) => accepted.has(encoding));
}

/** Whether a client has what this tag stands for (RFC 9110 section 13.1.2: weak tags are as good). */
export function hasAlready(headers: IncomingHttpHeaders, etag: string): boolean {
  const tags = (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}
