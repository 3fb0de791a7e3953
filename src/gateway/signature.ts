import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';

/** An AWS access key. */
export type AccessKey = { readonly accessKeyId: string; readonly secretAccessKey: string };

/** A request as it came over the wire. */
export type SignedRequest = {
  readonly method: string;
  /** As the client spelt it, without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

/** Whose signature a request must carry. */
export type SignatureRule = {
  readonly accessKey: AccessKey;
  readonly region: string;
  readonly nowMs: number;
};

/** What is wrong with a signature, in the names of API Gateway's error types. */
export type SignatureFault =
  | 'MissingAuthenticationTokenException'
  | 'UnrecognizedClientException'
  | 'InvalidSignatureException';

const CREDENTIALS =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([\w-]+)\/execute-api\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;
/** Older or newer requests are refused: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
const VALID_MS = 5 * 60_000;

/** Checks a Signature Version 4 by signing the request again with the key it should have been signed with. */
export async function signatureFault(
  request: SignedRequest,
  { accessKey, region, nowMs }: SignatureRule,
): Promise<SignatureFault | undefined> {
  const { authorization } = request.headers;
  if (authorization === undefined) return 'MissingAuthenticationTokenException';
  const [, keyId, , scopeRegion, signedHeaders = '', signature = ''] = CREDENTIALS.exec(authorization) ?? [];
  if (signature === '') return 'InvalidSignatureException';
  if (keyId !== accessKey.accessKeyId) return 'UnrecognizedClientException';
  const signedAtMs = parseAmzDate(request.headers['x-amz-date']);
  if (scopeRegion !== region || signedAtMs === undefined || Math.abs(nowMs - signedAtMs) > VALID_MS) {
    return 'InvalidSignatureException';
  }
  if (!bodyMatches(request)) return 'InvalidSignatureException';
  const names = signedHeaders.split(';');
  const expected = await sign(request, names, { accessKey, region, signedAtMs });
  return timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
    ? undefined
    : 'InvalidSignatureException';
}

async function sign(
  { method, path, headers, body }: SignedRequest,
  names: readonly string[],
  by: { accessKey: AccessKey; region: string; signedAtMs: number },
): Promise<string> {
  const signer = new SignatureV4({
    credentials: by.accessKey,
    region: by.region,
    service: 'execute-api',
    sha256: Sha256,
    // Only what the client signed may go into the signature.
    applyChecksum: false,
  });
  const signed = names.map((name) => [name, String(headers[name] ?? '')]);
  const { headers: resigned } = await signer.sign(
    { method, path, protocol: 'https:', hostname: '', headers: Object.fromEntries(signed), body },
    { signingDate: new Date(by.signedAtMs), signableHeaders: new Set(names) },
  );
  return resigned.authorization?.slice(-64) ?? '';
}

/** The hash that a client may state must be that of what it sent. */
function bodyMatches({ headers, body }: SignedRequest): boolean {
  const stated = headers['x-amz-content-sha256'];
  return stated === undefined || stated === createHash('sha256').update(body).digest('hex');
}

/** `20261122T080401Z` */
function parseAmzDate(header: string | string[] | undefined): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(header ?? ''));
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** SHA-256 and its HMAC, as the signer asks for them. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  /** Nothing to reset: the signer makes a new one for each use. */
  reset(): void {}
}

function bytesOf(secret: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof secret === 'string') return Buffer.from(secret);
  if (secret instanceof ArrayBuffer) return Buffer.from(secret);
  return Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength);
}
