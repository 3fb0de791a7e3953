import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** How a file's bytes may be packed on their way. */
export type Encoding = 'br' | 'gzip';

/** A file of the page, as it is served. */
export type PageFile = {
  readonly contentType: string;
  /** `immutable`: its name changes with what is in it. `checked`: browsers ask each time whether it is still the same. */
  readonly caching: 'immutable' | 'checked';
  readonly plain: Representation;
  /** Only where packing makes it smaller. */
  readonly packed: Readonly<Partial<Record<Encoding, Representation>>>;
};

/** Bytes, and the tag by which a browser says that it has them: each way of packing has its own. */
type Representation = { readonly bytes: Buffer; readonly etag: string };

/** The folder of the page's files whose names are made of what is in them: `assetsDir` in web/vite.config.ts. */
const HASHED_FOLDER = 'page.assets';

/**
 * Reads the built page into memory, each file under the path that it is asked for by. What isn't in the map can't be had,
 * whatever a path looks like. Empty where there is no such folder.
 */
export async function readPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(nothingIfMissing);
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      const file = join(parentPath, name);
      const path = relative(folder, file).replaceAll(sep, '/');
      return [`/${path}`, await makePageFile(path, await readFile(file))] as const;
    });
  return new Map(await Promise.all(files));
}

/** Makes a file out of its bytes, and packs them ahead. */
export async function makePageFile(path: string, bytes: Buffer): Promise<PageFile> {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  const { type, isText } = contentTypes[extname(path)] ?? { type: 'application/octet-stream', isText: false };
  const packed = isText ? await Promise.all([brotli(bytes), zip(bytes)]) : [];
  const smaller = (packedBytes: Buffer | undefined, encoding: Encoding) =>
    packedBytes &&
    packedBytes.length < bytes.length && {
      [encoding]: { bytes: packedBytes, etag: `"${hash}-${encoding}"` },
    };
  return {
    contentType: type,
    caching: path.startsWith(`${HASHED_FOLDER}/`) ? 'immutable' : 'checked',
    plain: { bytes, etag: `"${hash}"` },
    packed: { ...smaller(packed[0], 'br'), ...smaller(packed[1], 'gzip') },
  };
}

const text = (type: string) => ({ type: `${type}; charset=utf-8`, isText: true });
const binary = (type: string) => ({ type, isText: false });

const contentTypes: Readonly<Record<string, { readonly type: string; readonly isText: boolean }>> = {
  '.html': text('text/html'),
  '.js': text('text/javascript'),
  '.css': text('text/css'),
  '.json': text('application/json'),
  '.map': text('application/json'),
  '.svg': text('image/svg+xml'),
  '.txt': text('text/plain'),
  '.webmanifest': text('application/manifest+json'),
  '.png': binary('image/png'),
  '.ico': binary('image/x-icon'),
  '.webp': binary('image/webp'),
  '.woff2': binary('font/woff2'),
  '.mp3': binary('audio/mpeg'),
  '.ogg': binary('audio/ogg'),
  '.wav': binary('audio/wav'),
};

// The best that brotli can do takes ten times as long, for a few percent, and the start waits for it.
const brotli = (bytes: Buffer) =>
  promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
const zip = (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 });

function nothingIfMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
