import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../../src/protocol/ids.ts';
import { type CliOptions, runCli } from '../harness/runCli.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import { secretToken, testSecret } from '../harness/tokens.ts';

const TOKEN = 'an-operator-token-0123456789';

/** A server, and the command line of whoever runs it. */
async function start(env: Readonly<Record<string, string>> = {}) {
  const server = await startTestServer({ OPERATOR_TOKEN: TOKEN, ...env });
  const cli = (line: string, options: CliOptions = {}) =>
    runCli([...line.split(' '), '--url', server.webSocketUrl], {
      ...options,
      env: { OPERATOR_TOKEN: TOKEN, ...options.env },
    });
  return { server, cli };
}

/** Lets somebody join whom no socket belongs to. */
async function plant({ meetings }: TestServer, userId: string): Promise<void> {
  const limits = { connectionsPerMeeting: 500, connectionsPerUser: 5 };
  const connection: Connection = {
    connectionId: `planted-${userId}` as ConnectionId,
    meetingId: 'standup' as MeetingId,
    userId: userId as UserId,
    userName: userId,
    connectedAtMs: Date.now(),
    client: 'v1',
  };
  await meetings.connect(connection, limits);
  await meetings.join(connection, { session: undefined, attributes: undefined, replaces: undefined, limits });
}

describe('participants', () => {
  it('lists who has joined, and is announced to nobody', async () => {
    const { server, cli } = await start();
    const { client: alice } = await server.join('alice');
    const { code, stdout, stderr } = await cli('participants standup');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^USER {3}NAME {3}ROLE {2}JOINED {20}CONNECTIONS\nalice {2}Alice {2}host {2}\S+ {2}1\n/,
    );
    expect(stdout).toContain('1 person in "standup".');
    expect(alice.unread).toEqual([]);
  });

  it('gives one JSON document with --json', async () => {
    const { server, cli } = await start();
    await server.join('alice');
    const { stdout } = await cli('participants standup --json');
    expect(JSON.parse(stdout)).toMatchObject({
      meetingId: 'standup',
      seq: 1,
      participantCount: 1,
      participants: [{ userId: 'alice', userName: 'Alice', role: 'host', connections: [{}] }],
    });
  });

  it('reads a roster of several pages to its end', async () => {
    const { server, cli } = await start();
    const names = Array.from({ length: 320 }, (_, number) => `user-${number}`.padEnd(100, 'x'));
    for (const userId of names) await plant(server, userId);
    const { participants } = JSON.parse((await cli('participants standup --json')).stdout);
    expect(participants.map(({ userId }: { userId: string }) => userId)).toEqual(names.toSorted());
  });

  it('says that there is no such meeting, and of one that is empty that nobody is there', async () => {
    const { server, cli } = await start();
    const missing = await cli('participants Standup');
    expect([missing.code, missing.stdout]).toEqual([1, '']);
    expect(missing.stderr).toContain('There is no meeting "Standup"');
    const { client } = await server.join('alice');
    await client.close();
    await server.logLine({ event: 'disconnected' });
    expect(await cli('participants standup')).toEqual({
      code: 0,
      stdout: 'Nobody is in "standup" now.\n',
      stderr: '',
    });
  });

  it('shows the control characters of a name, and lets them do nothing', async () => {
    const { server, cli } = await start({ AUTH_SECRET: testSecret });
    const token = secretToken({ sub: 'eve', name: 'a\u202eb', exp: 4_000_000_000 });
    await server.join('', {}, { token });
    const { stdout } = await cli('participants standup', { env: { AUTH_SECRET: testSecret } });
    expect(stdout).toContain('a\\u202eb');
    expect(stdout).not.toContain('\u202e');
  });
});

describe('send', () => {
  it('sends a chat to everybody, and tells how many got it and where it is in the log', async () => {
    const { server, cli } = await start();
    const { client: alice } = await server.join('alice');
    expect(await cli('send standup Hello --user ops --name Ops')).toEqual({
      code: 0,
      stdout: 'Sent to 1 connection, line 2 of the log.\n',
      stderr: '',
    });
    expect(await alice.next()).toMatchObject({
      type: 'chat',
      data: 'Hello',
      from: { userId: 'ops', userName: 'Ops' },
    });
  });

  it('takes each of two the same for one of its own, also of one user', async () => {
    const { server, cli } = await start();
    const { client: alice } = await server.join('alice');
    for (const seq of [2, 3]) {
      const { stdout } = await cli('send standup Hello --user ops --json');
      expect(JSON.parse(stdout)).toEqual({
        type: 'ack',
        messageId: expect.any(String),
        seq,
        sent: 1,
        failed: 0,
        stale: 0,
      });
    }
    expect(alice.unread).toHaveLength(2);
  });

  it('sends to one user, by another type', async () => {
    const { server, cli } = await start();
    const { client: alice } = await server.join('alice');
    const { client: bob } = await server.join('bob');
    alice.forget();
    expect((await cli('send standup now --to alice --type notice')).code).toBe(0);
    expect(await alice.next()).toMatchObject({ type: 'notice', data: 'now', to: { userId: 'alice' } });
    expect(bob.unread).toEqual([]);
  });

  it('says of what goes by a queue that it does', async () => {
    const { server, cli } = await start({ QUEUE_ABOVE_RECIPIENTS: '1' });
    await server.join('alice');
    await server.join('bob');
    expect((await cli('send standup Hello')).stdout).toBe('Queued for 2 connections, line 3 of the log.\n');
  });

  it('fails with what the server says', async () => {
    const { server, cli } = await start();
    await server.join('alice');
    expect(await cli('send standup Hello --to nobody')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'The server refused it: Nobody in this meeting has that connectionId or userId. (target_not_found)\n',
    });
    expect((await cli(`send standup ${'x'.repeat(33_000)}`)).stderr).toContain('more than the 32768 bytes');
    expect((await cli('send standup Hello --type ack')).stderr).toContain('(invalid_message_type)');
  });
});

describe('a meeting that is closed to newcomers', () => {
  it('is said to be locked', async () => {
    const { server, cli } = await start();
    const { client } = await server.join('alice');
    await client.replyTo({ action: 'lock' });
    for (const line of ['participants standup', 'send standup Hello', 'tail standup']) {
      const { code, stderr } = await cli(line);
      expect([code, stderr]).toEqual([
        1,
        'The server refused the connection: The meeting is locked. Ask its host to unlock it, then try again.\n',
      ]);
    }
  });

  it('is said to be full', async () => {
    const { server, cli } = await start({ MAX_CONNECTIONS_PER_MEETING: '1' });
    await server.join('alice');
    expect((await cli('tail standup')).stderr).toContain('The meeting is full.');
  });
});

describe('with authentication', () => {
  it('mints what each command needs where AUTH_SECRET is set', async () => {
    const { server, cli } = await start({ AUTH_SECRET: testSecret, AUTH_ISSUER: 'https://issuer.example' });
    const env = { AUTH_SECRET: testSecret, AUTH_ISSUER: 'https://issuer.example', OPERATOR_TOKEN: '' };
    const token = secretToken({ sub: 'alice', iss: 'https://issuer.example', exp: 4_000_000_000 });
    const { client: alice } = await server.join('', {}, { token });
    expect((await cli('participants standup', { env })).stdout).toContain('alice');
    expect((await cli('send standup Hello', { env })).stdout).toContain('Sent to 1');
    expect((await cli('remove standup alice', { env })).stdout).toBe('"alice" is out of "standup".\n');
    expect(await alice.frame(({ type }) => type === 'bye')).toMatchObject({ code: 'removed' });
  });

  it('takes --token, and says of a wrong one, and of none, what to do', async () => {
    const { server, cli } = await start({ AUTH_SECRET: testSecret });
    const hosts = secretToken({ sub: 'hanna', role: 'host', exp: 4_000_000_000 });
    await server.join('', {}, { token: hosts });
    expect((await cli(`participants standup --token ${hosts}`)).stdout).toContain('hanna');
    const wrong = await cli('participants standup --token wrong');
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining('does not take this token (401)'),
    ]);
    const none = await cli('participants standup');
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('asks for a token (401)')]);
    const other = await cli('participants standup', { env: { AUTH_SECRET: `${testSecret}, another` } });
    expect(other.stderr).toContain('Is AUTH_SECRET that of the server');
  });

  it('lets no participant remove anybody', async () => {
    const { server, cli } = await start({ AUTH_SECRET: testSecret });
    const token = secretToken({ sub: 'alice', exp: 4_000_000_000 });
    await server.join('', {}, { token });
    const bob = secretToken({ sub: 'bob', exp: 4_000_000_000 });
    const refused = await cli(`remove standup alice --token ${bob}`);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('(hosts_only)')]);
  });
});
