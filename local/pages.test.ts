import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPages, type PageConfig, type PagesOptions } from './pages.ts';

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

const script = 'export const words = "the same again and again";\n'.repeat(100);
const config: PageConfig = { url: '/production', authentication: 'none' };

describe('pages', () => {
  const parent = mkdtempSync(join(tmpdir(), 'cloudmeetx-pages-'));
  const folder = join(parent, 'web');
  afterAll(() => rmSync(parent, { recursive: true }));
  beforeAll(() => {
    mkdirSync(join(folder, 'page.assets'), { recursive: true });
    writeFileSync(join(parent, 'secret.txt'), 'SECRET');
    symlinkSync(join(parent, 'secret.txt'), join(folder, 'link.txt'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html>');
    writeFileSync(join(folder, 'config.json'), '{"url":"wss://elsewhere.example/production"}');
    writeFileSync(join(folder, 'page.assets/main-1a2b3c4d.js'), script);
    writeFileSync(join(folder, 'page.assets/icon-1a2b3c4d.png'), 'x'.repeat(1000));
  });

  /** Serves the page, and asks for a path just as it is written. */
  async function serve(options: Partial<PagesOptions> = {}) {
    const pages = await createPages({
      health: () => 'ok',
      strictTransport: 'off',
      folder,
      config,
      metrics: { text: () => 'figures\n', token: undefined },
      ...options,
    });
    const server = createServer(pages);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return (path: string, headers: OutgoingHttpHeaders = {}, method = 'GET') =>
      new Promise<Answer>((resolve, reject) => {
        const asked = request(
          { port, host: '127.0.0.1', path, headers, method, agent: false },
          async (answer) =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              body: Buffer.concat(await answer.toArray()),
            }),
        );
        asked.on('error', reject);
        asked.end();
      });
  }

  it('[WP1] are the files of the folder, by their names, each with its type', async () => {
    const ask = await serve();
    expect(await ask('/')).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-length': '15',
        'cache-control': 'no-cache',
      },
      body: Buffer.from('<!doctype html>'),
    });
    expect((await ask('/index.html?from=mail')).body).toEqual((await ask('/')).body);
    expect(await ask('/page.assets/main-1a2b3c4d.js')).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
      },
      body: Buffer.from(script),
    });
    expect((await ask('/page.assets/icon-1a2b3c4d.png')).headers['content-type']).toBe('image/png');
  });

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('are sent packed (%s) to whoever takes that', async (encoding, unpack) => {
    const ask = await serve();
    const { headers, body } = await ask('/page.assets/main-1a2b3c4d.js', {
      'accept-encoding': `${encoding}, x`,
    });
    expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
    expect(Number(headers['content-length'])).toBe(body.length);
    expect(body.length).toBeLessThan(script.length / 2);
    expect(String(unpack(body))).toBe(script);
  });

  it.each(['', 'identity', 'br;q=0', 'gzip; q=0.0, br;Q=0', '*', 'deflate, zstd', 'brotli,'])(
    'are sent plain to whoever accepts %j',
    async (accepted) => {
      const ask = await serve();
      const { headers, body } = await ask('/page.assets/main-1a2b3c4d.js', { 'accept-encoding': accepted });
      expect(headers['content-encoding']).toBeUndefined();
      expect(String(body)).toBe(script);
    },
  );

  it('are not packed where that makes them no smaller', async () => {
    const ask = await serve();
    const takesAll = { 'accept-encoding': 'gzip, br' };
    expect((await ask('/', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBeUndefined();
    expect(
      (await ask('/page.assets/icon-1a2b3c4d.png', takesAll)).headers['content-encoding'],
    ).toBeUndefined();
  });

  it('are not sent again to whoever has them', async () => {
    const ask = await serve();
    for (const encoding of ['identity', 'gzip', 'br']) {
      const accepting = { 'accept-encoding': encoding };
      const path = '/page.assets/main-1a2b3c4d.js';
      const { etag = '' } = (await ask(path, accepting)).headers;
      for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await ask(path, { ...accepting, 'if-none-match': tags });
        expect(again).toMatchObject({ status: 304, headers: { etag }, body: Buffer.alloc(0) });
        expect(again.headers['content-security-policy']).toContain("default-src 'self'");
      }
      for (const tags of ['"other"', etag.slice(1, -1), '', `${etag}x`]) {
        expect((await ask(path, { ...accepting, 'if-none-match': tags })).status).toBe(200);
      }
    }
    const tags = ['identity', 'gzip', 'br'].map(
      async (encoding) =>
        (await ask('/page.assets/main-1a2b3c4d.js', { 'accept-encoding': encoding })).headers.etag,
    );
    expect(new Set(await Promise.all(tags)).size).toBe(3);
  });

  it.each(['/', '/config.json', '/healthz', '/nothing', '/page.assets/main-1a2b3c4d.js'])(
    'answer HEAD of %s as GET, without the body',
    async (path) => {
      const ask = await serve();
      const [get, head] = [await ask(path), await ask(path, {}, 'HEAD')];
      const headersOf = ({ headers: { date, ...headers } }: Answer) => headers;
      expect([head.status, headersOf(head)]).toEqual([get.status, headersOf(get)]);
      expect(head.body).toHaveLength(0);
      expect(Number(head.headers['content-length'])).toBe(get.body.length);
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])('[WP1] refuse %s', async (method) => {
    const ask = await serve();
    for (const path of ['/', '/config.json', '/nothing']) {
      const { status, headers } = await ask(path, {}, method);
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
  });

  it.each([
    ...['/../secret.txt', '/page.assets/../../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt'],
    ...[
      '/..\\secret.txt',
      '/%5c..%5csecret.txt',
      '//secret.txt',
      '/./index.html',
      '/page.assets/../index.html',
    ],
    ...['/%69ndex.html', '/index.html/', '/INDEX.HTML', '/index.html%00', '/page.assets', '/page.assets/'],
    ...[
      '/link.txt',
      '/__proto__',
      '/constructor',
      '/etc/passwd',
      `/${'x'.repeat(10_000)}`,
      `/${'../'.repeat(3000)}etc/passwd`,
    ],
  ])('[WP1] are nowhere but where they are: %.40s', async (path) => {
    const ask = await serve();
    const { status, headers, body } = await ask(path);
    expect([status, String(body)]).toEqual([404, 'There is nothing here. See / and /healthz.\n']);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none';/);
  });

  it('[WP2] tell the page what this server is, not what it was built for', async () => {
    const asked = {
      url: '/live',
      authentication: 'token',
      tokenUrl: 'https://sso.example:8443/token',
    } as const;
    const { headers, body } = await (await serve({ config: asked }))('/config.json');
    expect(JSON.parse(String(body))).toEqual(asked);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
    });
  });

  it('let the page speak to this server, and to where its tokens come from', async () => {
    const policyWith = async (tokenUrl: string | undefined) => {
      const ask = await serve({ config: { ...config, ...(tokenUrl && { tokenUrl }) } });
      const { headers } = await ask('/');
      return /connect-src ([^;]*);/.exec(String(headers['content-security-policy']))?.[1];
    };
    expect(await policyWith(undefined)).toBe("'self'");
    expect(await policyWith('/token')).toBe("'self'");
    expect(await policyWith('https://sso.example:8443/token')).toBe("'self' https://sso.example:8443");
  });

  it('give camera, microphone and screen to the page alone, and run nothing from elsewhere', async () => {
    const { headers } = await (await serve())('/');
    expect(headers).toMatchObject({
      'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self)',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).not.toMatch(/unsafe|\*|script-src/);
    for (const directive of ['object-src', 'base-uri', 'frame-ancestors', 'form-action']) {
      expect(policy).toContain(`${directive} 'none'`);
    }
  });

  it.each([undefined, '/nowhere/at/all'])(
    'say how to build the page where it is not (%s)',
    async (missing) => {
      const ask = await serve({ folder: missing });
      const { status, body } = await ask('/');
      expect([status, String(body)]).toEqual([404, expect.stringContaining('node scripts/build.mjs --web')]);
      expect((await ask('/config.json')).status).toBe(200);
      expect((await ask('/healthz')).status).toBe(200);
    },
  );

  it.each<[string, OutgoingHttpHeaders]>([
    ['127.0.0.1:3001', {}],
    ['localhost', {}],
    ['[::1]:3001', {}],
  ])('tell this machine of their figures (%s)', async (host, headers) => {
    const { status, headers: answered, body } = await (await serve())('/metrics', { host, ...headers });
    expect([status, String(body)]).toEqual([200, 'figures\n']);
    expect(answered['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it.each<[string, OutgoingHttpHeaders]>([
    ['a name that somebody else has pointed here', { host: 'rebound.example' }],
    ['a proxy that says for whom', { host: '127.0.0.1', 'x-forwarded-for': '192.0.2.1' }],
    ['another proxy', { host: '127.0.0.1', forwarded: 'for=192.0.2.1' }],
  ])('keep them from %s', async (_who, headers) => {
    const { status, body } = await (await serve())('/metrics', headers);
    expect([status, String(body)]).toEqual([403, expect.stringContaining('Set METRICS_TOKEN')]);
  });

  it.each<[number, OutgoingHttpHeaders]>([
    [200, { authorization: 'Bearer the-token-of-this-test', host: 'meet.example' }],
    [200, { authorization: 'bearer the-token-of-this-test', 'x-forwarded-for': '192.0.2.1' }],
    [403, { authorization: 'Bearer another-token' }],
    [403, { authorization: 'Basic the-token-of-this-test' }],
    [403, {}],
  ])('answer %i to %j where there is a token', async (status, headers) => {
    const ask = await serve({ metrics: { text: () => 'figures\n', token: 'the-token-of-this-test' } });
    expect((await ask('/metrics', headers)).status).toBe(status);
  });

  it('make browsers insist on HTTPS when told to, and say when it stops', async () => {
    const ask = await serve({ strictTransport: 'on', health: () => 'stopping' });
    expect((await ask('/')).headers['strict-transport-security']).toBe('max-age=31536000');
    expect(await ask('/healthz')).toMatchObject({ status: 503, body: Buffer.from('{"status":"stopping"}') });
  });
});
