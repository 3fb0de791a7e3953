import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RawClient } from '../harness/RawClient.ts';
import { startProcess } from '../harness/startProcess.ts';
import { TestClient } from '../harness/TestClient.ts';

const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };
const httpOf = (webSocketUrl: string, path: string): string =>
  new URL(path, webSocketUrl.replace('ws:', 'http:')).href;

/** A v1 client in a process of its own, which joins; returns the process's id. */
function startClient(url: string): number {
  const script = `
    const { WebSocket } = require('ws');
    const socket = new WebSocket(process.argv[1], ['cloudmeetx.v1']);
    socket.on('open', () => socket.send('{"action":"join"}'));`;
  const child = spawn(process.execPath, ['-e', script, url], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid ?? 0;
}

describe('the server as npm start runs it', () => {
  it('[LM4][EV2][EV4] finds clients that answer nothing within 20 seconds, and says that they left', async () => {
    const server = await startProcess();
    const alice = await TestClient.connect(`${server.url}?meetingId=standup&userId=alice`);
    const stopped = startClient(`${server.url}?meetingId=standup&userId=stopped`);
    expect(await alice.next()).toMatchObject({ data: { eventType: 'user-joined', userId: 'stopped' } });
    const startedAtMs = performance.now();
    process.kill(stopped, 'SIGSTOP');
    const frozen = await RawClient.open(`${server.url}?meetingId=standup&userId=frozen`);
    expect(await alice.next()).toMatchObject({
      ...{ type: 'event', origin: 'server', seq: 2 },
      data: { eventType: 'user-left', userId: 'stopped', reason: 'connection-lost' },
    });
    expect(await frozen.closed).toBeUndefined();
    expect(performance.now() - startedAtMs).toBeLessThan(20_000);
    expect(await alice.request(hello)).toMatchObject({ type: 'ack', sent: 0, failed: 0, stale: 0 });
  }, 30_000);

  it('goes on when whoever read its output goes away', async () => {
    const server = await startProcess();
    server.closeOutput();
    for (const userId of ['alice', 'bob', 'carol']) {
      const client = await TestClient.connect(`${server.url}?meetingId=standup&userId=${userId}`);
      expect(await client.request(hello)).toMatchObject({ type: 'ack' });
      await client.close();
    }
    expect(server.isRunning()).toBe(true);
  });

  it('says that it is stopping, and stops within seconds of clients that neither read nor answer', async () => {
    const server = await startProcess();
    const deaf = await RawClient.open(`${server.url}?meetingId=standup&userId=deaf`);
    deaf.pause();
    const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
    idle.on('error', () => {});
    await fetch(httpOf(server.url, '/healthz'));
    const startedAtMs = performance.now();
    const stopped = server.stop('SIGTERM');
    let status = 200;
    while (status === 200) ({ status } = await fetch(httpOf(server.url, '/healthz')));
    expect(status).toBe(503);
    expect((await TestClient.refused(`${server.url}?meetingId=standup`)).statusCode).toBe(503);
    expect(await stopped).toBe(0);
    expect(performance.now() - startedAtMs).toBeLessThan(8000);
    idle.destroy();
  });
});
