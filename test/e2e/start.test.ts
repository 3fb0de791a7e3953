import { copyFileSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../harness/certificate.ts';
import { RawClient } from '../harness/RawClient.ts';
import { startProcess } from '../harness/startProcess.ts';
import { TestClient } from '../harness/TestClient.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };
const pageOf = (webSocketUrl: string, path: string): string =>
  new URL(path, webSocketUrl.replace('ws:', 'http:')).href;

describe('npm start', () => {
  it('serves the API, the page with what it has to know, and its health', async () => {
    const server = await startProcess();
    expect(server.stdout()).toContain('Authentication is off: only programs on this machine reach it');
    const page = await fetch(pageOf(server.url, '/'));
    expect(page.status).toBe(200);
    const [, script = ''] = /<script type="module" crossorigin src="([^"]+)">/.exec(await page.text()) ?? [];
    const loaded = await fetch(new URL(script, page.url));
    expect(loaded.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(loaded.headers.get('cache-control')).toContain('immutable');
    const config = await fetch(pageOf(server.url, '/config.json'));
    expect(await config.json()).toEqual({ url: '/production', authentication: 'none' });
    expect(server.stdout()).toContain(
      `npx wscat -c '${server.url}?meetingId=standup&userId=alice&userName=Alice'`,
    );
    const health = await fetch(pageOf(server.url, '/healthz'));
    expect(await health.json()).toEqual({ status: 'ok' });
    expect((await fetch(pageOf(server.url, '/nothing'))).status).toBe(404);
    expect((await fetch(pageOf(server.url, '/'), { method: 'POST' })).status).toBe(405);
    expect((await fetch(pageOf(server.url, '/production'))).status).toBe(426);
  });

  it('has its pages neither framed, sniffed nor extended', async () => {
    const server = await startProcess();
    for (const path of ['/', '/config.json', '/healthz', '/nothing']) {
      const { headers } = await fetch(pageOf(server.url, path));
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringMatching(
          /^default-src '(self|none)';.*frame-ancestors 'none'/,
        ),
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': expect.stringMatching(/^no-(store|cache)$/),
      });
      expect(headers.has('strict-transport-security')).toBe(false);
    }
  });

  it('serves over TLS, reads a renewed certificate on SIGHUP, and tells browsers to insist', async ({
    skip,
  }) => {
    const [files, renewed] = [makeCertificate(), makeCertificate()];
    if (!files || !renewed) return skip('there is no openssl to make certificates with');
    const tls = { TLS_CERT: files.certFile, TLS_KEY: files.keyFile };
    const server = await startProcess({ HOST: '0.0.0.0', ...tls }, ['--insecure']);
    const { port } = new URL(server.url);
    expect(server.url).toBe(`wss://0.0.0.0:${port}/production`);
    expect(server.stdout()).toContain(`Page  https://0.0.0.0:${port}/`);
    expect(server.stdout()).not.toContain('give no camera');
    const url = `wss://127.0.0.1:${port}/production?meetingId=standup`;
    const ask = (path: string, ca: Buffer) =>
      new Promise<{ body: string; hsts: unknown }>((resolve, reject) => {
        const answered = async (response: IncomingMessage) =>
          resolve({
            body: Buffer.concat(await response.toArray()).toString(),
            hsts: response.headers['strict-transport-security'],
          });
        get(`https://127.0.0.1:${port}${path}`, { ca, agent: false }, answered).on('error', reject);
      });
    const page = await ask('/', readFileSync(files.certFile));
    expect(page.body).toMatch(/^<!doctype html>/i);
    expect(page.hsts).toBe('max-age=31536000');
    const alice = await TestClient.connect(url, { ca: readFileSync(files.certFile) });

    copyFileSync(renewed.certFile, files.certFile);
    copyFileSync(renewed.keyFile, files.keyFile);
    process.kill(server.pid, 'SIGHUP');
    const ca = readFileSync(renewed.certFile);
    while (!server.stderr().includes('certificate read again')) await new Promise(setImmediate);
    expect(JSON.parse((await ask('/healthz', ca)).body)).toEqual({ status: 'ok' });
    expect(await alice.request(hello)).toMatchObject({ type: 'ack' });
  });

  it('tells its page a path, so that it finds the API under whichever name a proxy gives it', async () => {
    const env = { TRUST_PROXY: '1', STAGE: 'page', AUTH_SECRET: 'x'.repeat(32), TOKEN_URL: '/token' };
    const server = await startProcess(env);
    const headers = { host: 'meet.example.com', 'x-forwarded-proto': 'https' };
    const config = await fetch(pageOf(server.url, '/config.json'), { headers });
    expect(await config.json()).toEqual({ url: '/page', authentication: 'token', tokenUrl: '/token' });
    expect((await fetch(pageOf(server.url, '/'), { headers })).status).toBe(200);
  });

  it('counts connections behind a proxy by whom the proxy names, whatever clients claim', async () => {
    const env = { TRUST_PROXY: '1', MAX_CONNECTIONS_PER_ADDRESS: '2' };
    const { url } = await startProcess(env, ['--insecure']);
    const statusFor = async (forwardedFor: string) => {
      const client = await RawClient.connect(url);
      const headers = { 'X-Forwarded-For': forwardedFor };
      client.sendUpgrade({ target: '/production?meetingId=standup', headers });
      return (await client.answer).statusCode;
    };
    expect(await statusFor('198.51.100.1')).toBe(101);
    expect(await statusFor('192.0.2.1, 198.51.100.1')).toBe(101);
    expect(await statusFor('192.0.2.2, 198.51.100.1')).toBe(429);
    expect(await statusFor('198.51.100.1, 198.51.100.2')).toBe(101);
  });

  it('is open to others with authentication, and says what cameras need', async () => {
    const server = await startProcess({ HOST: '0.0.0.0', AUTH_SECRET: 'x'.repeat(32) });
    expect(server.stdout()).toContain('Authentication is on');
    expect(server.stdout()).toContain('Without HTTPS browsers on other machines give no camera');
  });

  it('prints the very line that the README gives', async () => {
    const server = await startProcess();
    const [line = ''] = readFileSync('README.md', 'utf8').match(/^npx wscat .*$/m) ?? [];
    expect(line).not.toBe('');
    expect(server.stdout()).toContain(line.replace('ws://127.0.0.1:3001/production', server.url));
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s acks what it got, closes with 1001 and ends well',
    async (signal) => {
      const server = await startProcess();
      const alice = await TestClient.connect(`${server.url}?meetingId=standup&userId=alice`);
      const bob = await TestClient.connect(`${server.url}?meetingId=standup&userId=bob`);
      expect(await alice.request(hello)).toMatchObject({ type: 'ack', sent: 1 });
      expect(await server.stop(signal)).toBe(0);
      expect(await alice.closed).toEqual({ code: 1001, reason: 'Going away' });
      expect(await bob.closed).toEqual({ code: 1001, reason: 'Going away' });
      expect(await bob.next()).toMatchObject({ data: 'hello' });
      expect(server.stderr()).toContain('"event":"stopped"');
    },
  );

  it.each([
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535, but is "http".'],
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535, but is "70000".'],
    [{ HOST: '0.0.0.0' }, 'HOST=0.0.0.0 would open the server to others without authentication.'],
    [{ HOST: '192.0.2.1' }, 'HOST=192.0.2.1 would open the server to others without authentication.'],
    [{ TRUST_PROXY: '1' }, 'TRUST_PROXY would open the server to others without authentication.'],
    [{ TRUST_PROXY: 'on' }, 'TRUST_PROXY must be off, the number of proxies in front'],
    [{ TLS_CERT: 'cert.pem' }, 'TLS_CERT is set, but not TLS_KEY'],
    [{ TLS_CERT: 'README.md', TLS_KEY: 'README.md' }, 'TLS_CERT "README.md" is no certificate'],
    [{ ALLOWED_ORIGINS: 'meet.example.com' }, 'ALLOWED_ORIGINS must be * or a list'],
    [{ HOST: '127.0.0.1.nowhere', PORT: '0' }, 'HOST=127.0.0.1.nowhere would open the server'],
  ])('does not start with %j, and says why', async (env, reason) => {
    const server = await startProcess(env);
    expect(server.isRunning()).toBe(false);
    expect(await server.ended).toMatchObject({ code: 1 });
    expect(server.stderr()).toContain(`CloudMeetX did not start. ${reason}`);
    expect(server.stderr()).not.toContain('    at ');
  });

  it('does not start on a port that is in use, and says what to do', async () => {
    const first = await startProcess();
    const second = await startProcess({ PORT: new URL(first.url).port });
    expect(await second.ended).toMatchObject({ code: 1 });
    expect(second.stderr()).toContain('is in use. Stop what uses it, or set PORT to another');
  });

  it('opens itself to others when told that this is meant, and warns', async () => {
    const server = await startProcess({ HOST: '0.0.0.0' }, ['--insecure']);
    expect(server.stdout()).toContain('Authentication is off: WARNING: whoever reaches this address');
    const alice = await TestClient.connect(`${server.url.replace('0.0.0.0', '127.0.0.1')}?meetingId=standup`);
    expect(await alice.request(hello)).toMatchObject({ type: 'ack' });
  });
});
