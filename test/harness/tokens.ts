import { createHmac } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

/** 32 bytes, as `AUTH_SECRET` must have at least. */
export const testSecret = 'a secret of thirty-two bytes, ok';

/** What nearly every token says. */
export const aliceClaims = { sub: 'alice', name: 'Alice', exp: 4_000_000_000 };

const base64url = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token written by hand, so that it may say what no library would sign. */
export function handmadeToken(header: Json, claims: Json, sign: (input: string) => string): string {
  const input = `${base64url(header)}.${base64url(claims)}`;
  return `${input}.${sign(input)}`;
}

/** A token signed with a shared secret. */
export function secretToken(claims: Json = aliceClaims, secret = testSecret, header: Json = {}): string {
  return handmadeToken({ alg: 'HS256', typ: 'JWT', ...header }, claims, (input) =>
    createHmac('sha256', secret).update(input).digest('base64url'),
  );
}

/** The same token with other claims under the signature of the first. */
export function tampered(token: string, claims: Json): string {
  const [header, payload = '', signature] = token.split('.');
  const before = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Json;
  return [header, base64url({ ...before, ...claims }), signature].join('.');
}
