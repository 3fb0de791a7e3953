import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whether a request carries this token in its `Authorization` header. How long it takes tells nothing of the token. */
export function hasBearer({ headers }: IncomingMessage, token: string): boolean {
  const [scheme, given = ''] = (headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && timingSafeEqual(digestOf(given), digestOf(token));
}

/** Of the same length, whatever was given. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
