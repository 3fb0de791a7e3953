import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../harness/startProcess.ts';
import { TestClient } from '../harness/TestClient.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };
const pageOf = (webSocketUrl: string, path: string): string =>
  new URL(path, webSocketUrl.replace('ws:', 'http:')).href;

describe('npm start', () => {
  it('serves the API, a page that says what it is, and its health', async () => {
    const server = await startProcess();
    expect(server.stdout()).toContain('Authentication is off: only programs on this machine reach it');
    const page = await fetch(pageOf(server.url, '/'));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(
      `npx wscat -c '${server.url}?meetingId=standup&userId=alice&userName=Alice'`,
    );
    const health = await fetch(pageOf(server.url, '/healthz'));
    expect(await health.json()).toEqual({ status: 'ok' });
    expect((await fetch(pageOf(server.url, '/nothing'))).status).toBe(404);
    expect((await fetch(pageOf(server.url, '/'), { method: 'POST' })).status).toBe(405);
    expect((await fetch(pageOf(server.url, '/production'))).status).toBe(426);
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
