import { expect, it } from 'vitest';
import { aConnection } from '../harness/connections.ts';
import { startIssuer } from '../harness/issuer.ts';
import { startTestServer, type TestServer, target } from '../harness/server.ts';
import { TestClient } from '../harness/TestClient.ts';
import { aliceClaims } from '../harness/tokens.ts';

/** What was counted so far, by CloudWatch's names: at `/metrics`, or in lines of the functions' logs. */
async function figuresOf({ webSocketUrl, logged }: TestServer): Promise<Readonly<Record<string, number>>> {
  if (target === 'lambda') {
    const lines = logged.filter((line) => '_aws' in line);
    return sumOf(lines.flatMap((line) => Object.entries(line).map(([name, value]) => [name, sizeOf(value)])));
  }
  const text = await (await fetch(new URL('/metrics', webSocketUrl.replace(/^ws/, 'http')))).text();
  const samples = [...text.matchAll(/^cloudmeetx_(\w+?)_(?:total|seconds_count) (\d+)$/gm)];
  return sumOf(samples.map(([, name = '', value]) => [camel(name), Number(value)]));
}

const camel = (name: string): string =>
  name.replace(/(?:^|_)(.)/g, (_match, letter: string) => letter.toUpperCase());

const sizeOf = (value: unknown): number => (Array.isArray(value) ? value.length : Number(value));

function sumOf(samples: readonly (readonly [string, number])[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [name, value] of samples) {
    const key = name === 'FanOut' ? 'FanOutTime' : name;
    sums[key] = (sums[key] ?? 0) + value;
  }
  return sums;
}

it('[TM1] [TM2] a meeting is counted, whoever runs the handlers', async () => {
  const server = await startTestServer({
    MAX_CONNECTIONS_PER_MEETING: '2',
    RATE_LIMIT_MESSAGES_PER_SECOND: '1',
    RATE_LIMIT_BURST: '6',
  });
  const alice = await server.connect('alice');
  const { client: bob } = await server.connectKnown('bob');
  await expect(server.connect('carol')).rejects.toThrow();
  const chat = { action: 'sendMessage', meetingId: 'standup', messageType: 'chat', data: 'hello' };
  for (let times = 0; times < 4; times++) await alice.replyTo(chat);
  const gone = aConnection({ connectionId: 'gone', userId: 'dave', connectedAtMs: Date.now() - 60_000 });
  await server.meetings.connect(gone, { connectionsPerMeeting: 100, connectionsPerUser: 5 });
  await alice.replyTo({ action: 'sendMessage', targetConnectionId: 'gone', data: 1 });
  server.setStore('failing');
  await alice.replyTo(chat);
  server.setStore('working');
  for (let times = 0; times < 20; times++) alice.sendText(JSON.stringify(chat));
  bob.close();

  const counted = async (name: string) => (await figuresOf(server))[name] ?? 0;
  // Functions write theirs when they have answered; trouble may double what happens.
  for (const [name, least] of [
    ['ConnectionsOpened', 2],
    ['ConnectionsRefused', 1],
    ['ConnectionsClosed', 1],
    ['ChatsLogged', 4],
    ['MessagesSent', 4],
    ['StaleConnections', 1],
    ['FanOutTime', 4],
    ['Errors', 1],
    ['Throttles', 1],
  ] as const) {
    await expect.poll(() => counted(name), { timeout: 15_000, message: name }).toBeGreaterThanOrEqual(least);
  }
});

it('[TM1] whose token is refused is counted, and is no error; keys that cannot be had are one', async () => {
  const issuer = await startIssuer();
  const server = await startTestServer({ AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: 'meetings' });
  const counted = async (name: string) => (await figuresOf(server))[name] ?? 0;
  const connect = (query: Readonly<Record<string, string>>) =>
    TestClient.refused(server.url({ meetingId: 'standup', ...query }));
  await connect({});
  await connect({ token: 'garbage' });
  await expect.poll(() => counted('TokensRefused'), { timeout: 15_000 }).toBe(2);
  expect(await counted('Errors')).toBe(0);

  issuer.state = 'failing';
  await connect({ token: issuer.sign({ ...aliceClaims, iss: issuer.url, aud: 'meetings' }) });
  await expect.poll(() => counted('Errors'), { timeout: 15_000 }).toBe(1);
  expect(await counted('TokensRefused')).toBe(2);
});
