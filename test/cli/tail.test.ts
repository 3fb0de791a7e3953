import { describe, expect, it, onTestFinished } from 'vitest';
import { CliProcess, runCli } from '../harness/runCli.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import type { TestClient } from '../harness/TestClient.ts';
import { startWebSocketProxy } from '../harness/webSocketProxy.ts';

/** A tail in the test's own process, until the test ends it. */
function startTail(url: string, options: readonly string[] = []) {
  const end = new AbortController();
  onTestFinished(() => end.abort());
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const result = runCli(['tail', 'standup', '--url', url, ...options], {
    interrupted: end.signal,
    onLine: (line) => {
      lines.push(line);
      for (const look of waiting) look();
    },
  });
  const shown = async (count: number) => {
    const enough = new Promise<void>((resolve) => {
      const look = () => (lines.length >= count ? resolve() : undefined);
      waiting.add(look);
      look();
    });
    const early = result.then(({ code, stderr }) =>
      Promise.reject(new Error(`it ended with ${code}: ${stderr}`)),
    );
    early.catch(() => {});
    await Promise.race([enough, early]);
    return lines;
  };
  return {
    lines,
    result,
    shown,
    end: () => {
      end.abort();
      return result;
    },
  };
}

const chat = (client: TestClient, data: unknown) =>
  client.replyTo({ action: 'sendMessage', meetingId: 'standup', messageType: 'chat', data });

async function withChats(count: number): Promise<{ server: TestServer; alice: TestClient }> {
  const server = await startTestServer();
  const { client: alice } = await server.join('alice');
  for (let number = 1; number <= count; number++) await chat(alice, `line ${number}`);
  return { server, alice };
}

/** What lines say, without their times. */
const said = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/, ''));

describe('tail', () => {
  it('shows the last lines, then chats, joins and leaves as they come, and ends with 0', async () => {
    const { server, alice } = await withChats(2);
    const tail = startTail(server.webSocketUrl);
    await tail.shown(3);
    const { client: bob } = await server.join('bob');
    await chat(bob, { deep: true });
    await bob.close();
    await tail.shown(6);
    const { code, stdout, stderr } = await tail.end();
    expect([code, stderr]).toEqual([0, '']);
    expect(said(stdout.trimEnd().split('\n'))).toEqual([
      '* Alice (alice) joined',
      'Alice: line 1',
      'Alice: line 2',
      '* Bob (bob) joined',
      'Bob: {"deep":true}',
      '* Bob (bob) left',
    ]);
    // Nobody was told that somebody looks on.
    const told = alice.unread.map(({ data }) => (data as { userId?: string }).userId ?? 'a chat');
    expect(told).toEqual(['bob', 'a chat', 'bob']);
  });

  it.each([
    [['--lines', '1'], ['Alice: line 3']],
    [['--lines', '0'], []],
    [
      ['--since', '2'],
      ['Alice: line 2', 'Alice: line 3'],
    ],
    [['--since', '4'], []],
  ])('with %j shows %j first', async (options, expected) => {
    const { server, alice } = await withChats(3);
    const tail = startTail(server.webSocketUrl, options);
    await tail.shown(expected.length);
    let sent = 0;
    while (tail.lines.length === expected.length) await chat(alice, `later ${++sent}`);
    expect(said(tail.lines).slice(0, expected.length)).toEqual(expected);
    expect(said(tail.lines)[expected.length]).toMatch(/^Alice: later/);
  });

  it('shows more lines than one answer holds', async () => {
    const { server } = await withChats(0);
    const { client: bob } = await server.join('bob');
    for (let number = 1; number <= 90; number++) await chat(bob, `${number} ${'x'.repeat(1000)}`);
    const tail = startTail(server.webSocketUrl, ['--since', '2', '--json']);
    const lines = await tail.shown(90);
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual(
      Array.from({ length: 90 }, (_, index) => index + 3),
    );
  });

  it('with --json gives each line of the log as it is', async () => {
    const { server } = await withChats(1);
    const tail = startTail(server.webSocketUrl, ['--json']);
    const [joined = '', line = ''] = await tail.shown(2);
    expect(JSON.parse(joined)).toMatchObject({ type: 'event', seq: 1, data: { eventType: 'user-joined' } });
    expect(JSON.parse(line)).toMatchObject({
      type: 'chat',
      seq: 2,
      data: 'line 1',
      from: { userId: 'alice' },
    });
  });

  it('loses nothing and shows nothing twice over connections that end', async () => {
    const { server, alice } = await withChats(0);
    const proxy = await startWebSocketProxy(server.webSocketUrl);
    const tail = startTail(proxy.url, ['--since', '1']);
    for (let number = 1; number <= 60; number++) {
      await chat(alice, `line ${number}`);
      if (number % 20 === 0) {
        proxy.cut();
        // The next round is said while nobody is connected, or just then.
        await new Promise(setImmediate);
      }
      if (number % 20 === 10) await tail.shown(number - 9);
    }
    await tail.shown(60);
    expect(said(tail.lines)).toEqual(Array.from({ length: 60 }, (_, index) => `Alice: line ${index + 1}`));
    expect(proxy.connections()).toBeGreaterThanOrEqual(3);
    expect((await tail.end()).stderr).toContain('The connection was lost');
  });

  it('reads again what never came, and drops what comes twice', async () => {
    const { server, alice } = await withChats(0);
    let chats = 0;
    const proxy = await startWebSocketProxy(server.webSocketUrl, ({ type }) =>
      type === 'chat' ? ([1, 0, 2][chats++ % 3] ?? 1) : 1,
    );
    const tail = startTail(proxy.url, ['--since', '1']);
    let sent = 0;
    while (tail.lines.length === 0) await chat(alice, `line ${++sent}`);
    for (let more = 0; more < 10; more++) await chat(alice, `line ${++sent}`);
    // The last that came leaves no hole behind it.
    while (chats % 3 !== 1) await chat(alice, `line ${++sent}`);
    const lines = await tail.shown(sent);
    expect(said(lines)).toEqual(Array.from({ length: sent }, (_, index) => `Alice: line ${index + 1}`));
  });

  it('goes on with the server that starts again, where the log begins anew', async () => {
    const server = await startTestServer();
    const { port } = new URL(server.webSocketUrl);
    const { client: alice } = await server.join('alice');
    await chat(alice, 'before');
    const tail = startTail(server.webSocketUrl);
    await tail.shown(2);
    await server.stop();
    const again = await startTestServer({ PORT: port });
    const { client: bob } = await again.join('bob');
    await chat(bob, 'after');
    await tail.shown(4);
    expect(said(tail.lines)).toEqual([
      '* Alice (alice) joined',
      'Alice: before',
      '* Bob (bob) joined',
      'Bob: after',
    ]);
    expect((await tail.end()).stderr).toContain('The log has begun anew.');
  });

  it('ends with what the server said last', async () => {
    const server = await startTestServer({ OPERATOR_TOKEN: 'an-operator-token-0123456789' });
    await server.join('alice');
    const tail = startTail(server.webSocketUrl, ['--user', 'watcher']);
    await tail.shown(1);
    const env = { OPERATOR_TOKEN: 'an-operator-token-0123456789' };
    await runCli(['remove', 'standup', 'watcher', '--url', server.webSocketUrl], { env });
    const { code, stderr } = await tail.result;
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('A host has removed you from the meeting. (removed)'),
    ]);
  });

  it('says that it was asked to begin behind the end', async () => {
    const { server } = await withChats(1);
    const { code, stderr } = await startTail(server.webSocketUrl, ['--since', '3']).result;
    expect([code, stderr]).toEqual([1, '--since is 3, but the log ends with 2.\n']);
  });

  it('moves no cursor', async () => {
    const { server, alice } = await withChats(0);
    await chat(alice, 'a\u001b[2J\u009b1Ab\nc\u202e');
    const text = await startTail(server.webSocketUrl, ['--lines', '1']).shown(1);
    expect(said(text)).toEqual(['Alice: a\\u001b[2J\\u009b1Ab\\u000ac\\u202e']);
    const [json = ''] = await startTail(server.webSocketUrl, ['--lines', '1', '--json']).shown(1);
    expect(json).not.toMatch(/\p{Cc}/u);
    expect(JSON.parse(json).data).toBe('a\u001b[2J\u009b1Ab\nc\u202e');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('as it is built ends with 0 by %s', async (signal) => {
    const { server } = await withChats(1);
    const tail = new CliProcess(['tail', 'standup', '--url', server.webSocketUrl]);
    await tail.wrote('line 1');
    tail.signal(signal);
    const { code, stderr } = await tail.result();
    expect([code, stderr]).toEqual([0, '']);
  });
});
