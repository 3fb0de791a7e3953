import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { accessKey } from './target.ts';

/** A post that is to be signed: of `https://host` and this path, as it goes over the wire. */
export type Post = { readonly host: string; readonly path: string; readonly body: Buffer };
/** The headers that make it one that API Gateway takes, the host included. */
export type Sign = (post: Post) => Promise<Headers> | Headers;
type Headers = Readonly<Record<string, string>>;

/** The package that the SDK and the functions sign with. */
export const packageSigner = (region: string): SignatureV4 =>
  new SignatureV4({
    ...{ credentials: accessKey, region, service: 'execute-api', sha256: Sha256 },
  });

/**
 * By hand: one hash and one keyed hash a post; the day's key and the hash of the body, which is the same for a whole
 * fan-out, are made once.
 */
export function signByHand(region: string, now: () => Date = () => new Date()): Sign {
  let key: { readonly day: string; readonly bytes: Buffer } = { day: '', bytes: Buffer.alloc(0) };
  let hashed: { readonly body: Buffer | undefined; readonly digest: string } = {
    body: undefined,
    digest: '',
  };
  return ({ host, path, body }) => {
    const date = now()
      .toISOString()
      .replace(/[-:]|\.\d{3}/g, '');
    const day = date.slice(0, 8);
    if (key.day !== day) key = { day, bytes: signingKey(day, region) };
    if (hashed.body !== body) hashed = { body, digest: sha256(body) };
    // Whatever service but S3: what is escaped is escaped once more.
    const spelt = path.split('/').map(encodeURIComponent).join('/');
    const canonical = `POST\n${spelt}\n\nhost:${host}\nx-amz-date:${date}\n\nhost;x-amz-date\n${hashed.digest}`;
    const scope = `${day}/${region}/execute-api/aws4_request`;
    const signature = hmac(key.bytes, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`);
    const by = `Credential=${accessKey.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date`;
    return {
      host,
      'x-amz-date': date,
      authorization: `AWS4-HMAC-SHA256 ${by}, Signature=${signature.toString('hex')}`,
    };
  };
}

function signingKey(day: string, region: string): Buffer {
  const parts = [day, region, 'execute-api', 'aws4_request'];
  return parts.reduce(hmac, Buffer.from(`AWS4${accessKey.secretAccessKey}`));
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

type Source = string | ArrayBuffer | ArrayBufferView;

/** Node's own hash, in the shape that the package asks for. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: Source) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

function bytesOf(source: Source): Buffer {
  if (typeof source === 'string') return Buffer.from(source);
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}
