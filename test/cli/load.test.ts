import { describe, expect, it } from 'vitest';
import { ProgressLine } from '../../local/commands/ProgressLine.ts';
import { type CliOptions, CliProcess, runCli } from '../harness/runCli.ts';
import { startTestServer } from '../harness/server.ts';
import { testSecret } from '../harness/tokens.ts';
import { startWebSocketProxy } from '../harness/webSocketProxy.ts';

const small = ['load', '--meetings', '2', '--people', '3', '--rate', '20', '--seconds', '1', '--ramp', '500'];

/** A small load, as JSON. */
async function loadOn(url: string, more: readonly string[] = [], options: CliOptions = {}) {
  const { code, stdout, stderr } = await runCli([...small, '--json', '--url', url, ...more], options);
  expect(stdout, stderr).not.toBe('');
  return { code, stderr, report: JSON.parse(stdout) };
}

describe('load', () => {
  it('delivers all that is acked, on a server that does', async () => {
    const server = await startTestServer();
    const { code, stderr, report } = await loadOn(server.webSocketUrl);
    const durations = {
      p50: expect.any(Number),
      p90: expect.any(Number),
      p99: expect.any(Number),
      max: expect.any(Number),
    };
    expect([code, stderr]).toEqual([0, '']);
    expect(report).toEqual({
      passed: true,
      interrupted: false,
      url: server.webSocketUrl,
      plan: {
        ...{
          meetings: 2,
          people: 3,
          rate: 20,
          seconds: 1,
          type: 'chat',
          size: 200,
          ramp: 500,
          waitSeconds: 10,
        },
      },
      connections: { asked: 6, opened: 6, refused: {}, ended: {} },
      messages: { sent: 20, acked: 20, refused: {}, unanswered: 0 },
      deliveries: { expected: 40, delivered: 40, lost: 0, lostWithConnection: 0, duplicates: 0 },
      latencyMs: { join: durations, ack: durations, delivery: durations, sentLate: durations },
    });
  });

  it('sends chats, which are logged, or messages, which are not, of the size that was asked for', async () => {
    const server = await startTestServer();
    const sizes: number[] = [];
    const proxy = await startWebSocketProxy(server.webSocketUrl, ({ type, data }) => {
      if (type === 'message') sizes.push(String(data).length);
      return 1;
    });
    await loadOn(proxy.url, ['--type', 'message', '--size', '1000']);
    expect(sizes).toEqual(Array.from({ length: 40 }, () => 1000));
    const count = (event: string) => server.logged.filter((line) => line.event === event).length;
    expect(count('connected')).toBe(6);
  });

  it('finds what is lost on the way, and fails', async () => {
    const server = await startTestServer();
    let chats = 0;
    const proxy = await startWebSocketProxy(server.webSocketUrl, ({ type }) =>
      type === 'chat' && ++chats === 7 ? 0 : 1,
    );
    const { code, report } = await loadOn(proxy.url, ['--wait', '3']);
    expect(code).toBe(1);
    expect(report.passed).toBe(false);
    expect(report.deliveries).toMatchObject({ expected: 40, delivered: 39, lost: 1, lostWithConnection: 0 });
    const again = await runCli([...small, '--url', proxy.url]);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Nothing was lost.')]);
  });

  it('finds what comes twice, which the protocol allows', async () => {
    const server = await startTestServer();
    let chats = 0;
    const proxy = await startWebSocketProxy(server.webSocketUrl, ({ type }) =>
      type === 'chat' && ++chats % 10 === 0 ? 2 : 1,
    );
    const { code, report } = await loadOn(proxy.url);
    expect([code, report.deliveries.duplicates, report.deliveries.delivered]).toEqual([0, 4, 40]);
  });

  it('finds requests that are never answered', async () => {
    const server = await startTestServer();
    let acks = 0;
    const proxy = await startWebSocketProxy(server.webSocketUrl, ({ type }) =>
      type === 'ack' && ++acks === 3 ? 0 : 1,
    );
    const { code, report } = await loadOn(proxy.url, ['--wait', '3']);
    expect([code, report.messages]).toEqual([1, { sent: 20, acked: 19, refused: {}, unanswered: 1 }]);
    expect(report.deliveries).toMatchObject({ expected: 38, lost: 0 });
  });

  it('counts connections that end, and what is lost with them', async () => {
    const server = await startTestServer();
    let chats = 0;
    const proxy = await startWebSocketProxy(server.webSocketUrl, ({ type }) => {
      if (type === 'chat' && ++chats === 9) proxy.cut();
      return 1;
    });
    const { code, report } = await loadOn(proxy.url, ['--wait', '1']);
    expect([code, report.connections.ended]).toEqual([1, { 1006: 6 }]);
    expect(report.messages.sent).toBeLessThan(20);
    expect(report.deliveries.lost).toBe(report.deliveries.lostWithConnection);
  });

  it('counts refusals by their code, which are no loss, and says before that they will come', async () => {
    const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '1', RATE_LIMIT_BURST: '2' });
    const { code, stderr, report } = await loadOn(server.webSocketUrl);
    const { acked, refused } = report.messages;
    expect(refused.rate_limited).toBeGreaterThan(0);
    expect([code, acked + refused.rate_limited, report.deliveries.expected]).toEqual([0, 20, acked * 2]);
    expect(stderr).toContain('expect rate_limited');
  });

  it('counts connections that are refused by their code, and fails', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_MEETING: '2' });
    const { code, report } = await loadOn(server.webSocketUrl);
    expect([code, report.connections]).toEqual([
      1,
      { asked: 6, opened: 4, refused: { meeting_full: 2 }, ended: {} },
    ]);
    expect(report.deliveries).toMatchObject({ lost: 0 });
  });

  it('fails at once where not even the first can connect', async () => {
    const server = await startTestServer({ AUTH_SECRET: testSecret });
    const { code, stdout, stderr } = await runCli([...small, '--url', server.webSocketUrl]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('asks for a token (401)');
    const { report } = await loadOn(server.webSocketUrl, [], { env: { AUTH_SECRET: testSecret } });
    expect(report.passed).toBe(true);
  });

  it('measures from when a message was due, so that a server that stops and goes on hides nothing', async () => {
    const server = await startTestServer();
    // In the middle of the test the store stands still, for as long as it takes the rest to fall due.
    let chats = 0;
    const proxy = await startWebSocketProxy(server.webSocketUrl, ({ type }) => {
      if (type === 'chat' && ++chats === 10) {
        server.setStore('stalled');
        setTimeout(() => server.setStore('working'), 600);
      }
      return 1;
    });
    const { report } = await loadOn(proxy.url);
    expect(report.passed).toBe(true);
    // All that fell due meanwhile waited, the first the longest: a tenth is far below, were only one of them counted.
    expect(report.latencyMs.ack.p90).toBeGreaterThan(150);
  });

  it('wants --yes before it does anything on another machine, and says what that is', async () => {
    const argv = ['load', '--url', 'wss://abc123.execute-api.eu-central-1.amazonaws.com/production'];
    const { code, stderr } = await runCli(argv);
    expect(code).toBe(2);
    expect(stderr).toContain('That makes 50 connections to wss://abc123');
    expect(stderr).toContain(
      '600 messages of 200 bytes in 30 s, and 2,400 deliveries. On AWS it costs money. Add --yes',
    );
  });

  it('ends early by Ctrl-C with a report of what was', async () => {
    const server = await startTestServer();
    let acks = 0;
    let underWay = () => {};
    const isUnderWay = new Promise<void>((resolve) => {
      underWay = resolve;
    });
    const proxy = await startWebSocketProxy(server.webSocketUrl, ({ type }) => {
      if (type === 'ack' && ++acks === 5) underWay();
      return 1;
    });
    const test = new CliProcess([...small, '--seconds', '600', '--url', proxy.url, '--json']);
    await isUnderWay;
    test.signal('SIGINT');
    const { code, stdout } = await test.result();
    const report = JSON.parse(stdout);
    expect([code, report.interrupted, report.deliveries.lost]).toEqual([0, true, 0]);
    expect(report.messages.sent).toBeLessThan(12_000);
  });

  it('shows how far it is, on a terminal alone', async () => {
    const server = await startTestServer();
    let drawn = '';
    const write = (text: string) => {
      drawn += text;
    };
    const progress = new ProgressLine({ write, columns: () => 80, elapsedMs: () => performance.now() });
    const { stdout, stderr } = await runCli([...small, '--url', server.webSocketUrl], { progress });
    expect(drawn).toMatch(/Connecting [█░]{24} \d+ %/);
    expect(drawn).toMatch(/Sending [█░]{24} \d+ % \d+ of 20 sent/);
    expect(stdout + stderr).not.toMatch(/[█░\r]/);
    const process = await new CliProcess([...small, '--url', server.webSocketUrl]).result();
    expect(process.stdout + process.stderr).not.toMatch(/[█░\r]/);
  });
});
