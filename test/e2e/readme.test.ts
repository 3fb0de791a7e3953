import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { startTestServer, type TestServer } from '../harness/server.ts';
import type { Frame } from '../harness/TestClient.ts';

const wscat = createRequire(import.meta.url).resolve('wscat/bin/wscat');
const readme = readFileSync('README.md', 'utf8').split('\n');
/** The lines to paste into terminals, and those to type into them. Those with a token are in authentication.test.ts. */
const wscatLines = readme.filter((line) => line.startsWith('npx wscat ') && !line.includes('token='));
const typedLines = readme.filter((line) => line.startsWith('{"action"'));

it("the README's own lines connect two users, who send to everybody, to a user and to a connection, and a third who joins", async () => {
  const server = await startTestServer();
  const paste = (line: string) =>
    new Terminal(line.replace('ws://127.0.0.1:3001/production', server.webSocketUrl));
  expect([wscatLines.length, typedLines.length]).toEqual([3, 5]);
  const [pastedByAlice = '', pastedByBob = '', pastedByCarol = ''] = wscatLines;
  const [toEverybody = '', toBob = '', toConnection = '', join = '', history = ''] = typedLines;

  const alice = paste(pastedByAlice);
  await greet(server, 'alice', alice);
  const bob = paste(pastedByBob);
  await greet(server, 'bob', bob);

  alice.type(toEverybody);
  expect(await alice.next()).toMatchObject({ type: 'ack', sent: 1, failed: 0, stale: 0 });
  const heard = await bob.next();
  expect(heard).toMatchObject({
    type: 'chat',
    from: { userId: 'alice', userName: 'Alice' },
    data: 'Hello everybody',
  });

  alice.type(toBob);
  expect(await alice.next()).toMatchObject({ type: 'ack', sent: 1 });
  expect(await bob.next()).toMatchObject({ data: 'Just for you', to: { userId: 'bob' } });

  bob.type(toConnection.replace('CONNECTION_ID', connectionIdIn(heard)));
  expect(await bob.next()).toMatchObject({ type: 'ack', sent: 1 });
  const offer = await alice.next();
  expect(offer).toMatchObject({ type: 'offer', from: { userId: 'bob' }, data: { sdp: 'v=0…' } });

  const carol = paste(pastedByCarol);
  await server.logLine({ event: 'connected', userId: 'carol' });
  // wscat drops what is typed before it is open; joining again does no harm.
  const retyping = setInterval(() => carol.type(join), 100);
  expect(await carol.next()).toMatchObject({ type: 'welcome', participantCount: 1 });
  clearInterval(retyping);
  for (const terminal of [alice, bob]) {
    expect(await terminal.next()).toMatchObject({ origin: 'server', data: { eventType: 'user-joined' } });
  }
  carol.type(history);
  let log = await carol.next();
  while (log.type === 'welcome') log = await carol.next();
  expect(log.type).toBe('history');
  // Of two joins at once on DynamoDB one gives up its seq, which becomes a void.
  expect((log.entries as Frame[]).filter(({ type }) => type !== 'void')).toMatchObject([
    { data: 'Hello everybody' },
    { data: { eventType: 'user-joined', userId: 'carol' } },
  ]);
  await carol.leave();
  for (const terminal of [alice, bob]) {
    expect(await terminal.next()).toMatchObject({ data: { eventType: 'user-left', reason: 'left' } });
  }

  await bob.leave();
  await server.logLine({ event: 'disconnected', connectionId: connectionIdIn(offer), reason: 'left' });
  alice.type(toEverybody);
  expect(await alice.next()).toMatchObject({ type: 'ack', sent: 0, stale: 0 });
});

const connectionIdIn = (frame: Frame): string => (frame.from as { connectionId: string }).connectionId;

/**
 * Waits until wscat is open: it drops what is typed before, and says nothing of it to anything but a terminal. So
 * somebody else comes, greets, and goes.
 */
async function greet(server: TestServer, userId: string, terminal: Terminal): Promise<void> {
  await server.logLine({ event: 'connected', meetingId: 'standup', userId });
  const { client: porter, connectionId } = await server.connectKnown('porter');
  porter.send({ action: 'sendMessage', targetUserId: userId, data: 'welcome' });
  expect(await terminal.next()).toMatchObject({ data: 'welcome' });
  await porter.close();
  await server.logLine({ event: 'disconnected', connectionId });
}

/** A terminal into which a line with wscat was pasted. */
class Terminal {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(line: string) {
    const [, subprotocol, url] = /^npx wscat (?:-s (\S+) )?-c '([^']+)'$/.exec(line) ?? [];
    if (url === undefined) throw new Error(`no line with wscat: ${line}`);
    const options = subprotocol === undefined ? [] : ['-s', subprotocol];
    this.#process = spawn(process.execPath, [wscat, ...options, '-c', url]);
    onTestFinished(() => void this.#process.kill());
    if (!this.#process.stdout) throw new Error('wscat has no output');
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  type(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  /** The next frame it shows, behind its prompt. */
  async next(): Promise<Frame> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('wscat has ended');
    return JSON.parse(value.replace(/^(> )+/, ''));
  }

  /** Ends its input, which is what wscat makes of Ctrl-C. */
  async leave(): Promise<void> {
    this.#process.stdin?.end();
    await once(this.#process, 'exit');
  }
}
