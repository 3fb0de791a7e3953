import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CliOptions, CliProcess, runCli } from '../harness/runCli.ts';
import { startTestServer } from '../harness/server.ts';
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

/** A folder for a server's data. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
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
    for (const userId of names) await server.join(userId);
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

describe('meetings and remove', () => {
  it('list and remove for whoever has OPERATOR_TOKEN', async () => {
    const { server, cli } = await start();
    expect((await cli('meetings')).stdout).toBe('Nobody is in any meeting.\n');
    const { client: alice } = await server.join('alice');
    await server.join('bob', {}, { meetingId: 'board' });
    await server.connect('watcher', { meetingId: 'board' });
    await alice.replyTo({ action: 'lock' });
    const { stdout } = await cli('meetings');
    expect(stdout).toBe(
      'MEETING  PEOPLE  CONNECTIONS  LOCKED  LOG\nboard    1       2            no      1\nstandup  1       1            yes     1\n\n2 meetings.\n',
    );
    const listed = JSON.parse((await cli('meetings --json')).stdout);
    expect(listed.meetings).toEqual([
      { meetingId: 'board', people: 1, connections: 2, locked: false, seq: 1 },
      { meetingId: 'standup', people: 1, connections: 1, locked: true, seq: 1 },
    ]);
    const removed = await cli('remove board bob --json');
    expect(JSON.parse(removed.stdout)).toEqual({ meetingId: 'board', userId: 'bob', connections: 1 });
    expect(await cli('remove board bob')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nobody in this meeting has that'),
    });
  });

  it('need no more than the folder of a server of this machine', async () => {
    const DATA_DIR = newFolder();
    const server = await startTestServer({ DATA_DIR });
    await server.join('alice');
    const file = join(DATA_DIR, 'operator.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { port } = new URL(server.webSocketUrl);
    const here = { DATA_DIR, PORT: port };
    expect((await runCli(['meetings'], { env: here })).stdout).toContain('standup');
    expect((await runCli(['remove', 'standup', 'alice'], { env: here })).stdout).toContain(
      '1 connection ended',
    );
    await server.stop();
    expect(existsSync(file)).toBe(false);
    const gone = await runCli(['meetings'], { env: here });
    expect([gone.code, gone.stderr]).toEqual([
      1,
      expect.stringContaining('There is no token of the server here'),
    ]);
  });

  it('tell the token of a folder to no other server', async () => {
    const DATA_DIR = newFolder();
    await startTestServer({ DATA_DIR });
    const other = await startTestServer({ OPERATOR_TOKEN: TOKEN });
    const { code, stderr } = await runCli(['meetings', '--url', other.webSocketUrl], { env: { DATA_DIR } });
    expect([code, stderr]).toEqual([1, expect.stringContaining('There is no token of the server here')]);
  });

  it('tell OPERATOR_TOKEN to nobody on the way', async () => {
    const { code, stderr } = await runCli(['meetings', '--url', 'ws://192.0.2.1/production'], {
      env: { OPERATOR_TOKEN: TOKEN },
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('Use wss://')]);
  });

  it('say that the token is wrong, that nobody listens, and who may remove', async () => {
    const { server, cli } = await start();
    const wrong = await cli('meetings', { env: { OPERATOR_TOKEN: 'another-operator-token-01' } });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('does not take this token')]);
    await server.stop();
    const nowhere = { OPERATOR_TOKEN: TOKEN, PORT: new URL(server.webSocketUrl).port };
    expect((await runCli(['meetings'], { env: nowhere })).stderr).toContain('Nothing listens there');
    expect((await runCli(['remove', 'standup', 'alice'], {})).stderr).toContain(
      'operator and hosts may remove',
    );
  });
});

describe('the command line', () => {
  it.each(['token', 'meetings', 'participants', 'send', 'remove', 'tail', 'load'])(
    '%s has a line in the help of all, and a help of its own',
    async (name) => {
      const all = await runCli(['--help']);
      expect([all.code, all.stderr]).toEqual([0, '']);
      expect(all.stdout).toMatch(new RegExp(`^ {2}${name} +[A-Z]`, 'm'));
      const { code, stdout } = await runCli([name, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: npm run -s cli -- ${name}`);
      expect((await runCli(['help', name])).stdout).toBe(stdout);
    },
  );

  it.each([
    [[], 'A command is missing. There are token, meetings,'],
    [['tokne'], 'There is no command "tokne".'],
    [['__proto__'], 'There is no command "__proto__".'],
    [['participants'], 'MEETING is missing.'],
    [['send', 'standup'], 'TEXT is missing.'],
    [['send', 'standup', 'two', 'words'], '"words" is one argument too many.'],
    [['send', 'standup', 'x', '--too', 'bob'], "Unknown option '--too'"],
    [['participants', 'x'.repeat(129)], 'MEETING must be a string of 1 to 128'],
    [['participants', 'x', '--user', ''], '--user must be a string of 1 to 128'],
    [['participants', 'x', '--url', 'standup'], '--url must be the address'],
    [['participants', 'x', '--url', 'ws://127.0.0.1/production?meetingId=a'], '--url must be the address'],
    [['participants', 'x', '--url', 'ws://me:secret@127.0.0.1/production'], '--url must be the address'],
    [['tail', 'x', '--lines', '-1'], "'--lines' argument is ambiguous"],
    [['tail', 'x', '--since', 'yesterday'], '--since must be a whole number'],
    [['load', '--people', '1'], '--people must be a whole number from 2 to 500'],
    [['load', '--meetings', '20000', '--people', '2'], 'must be at most 20000'],
    [['load', '--tokens', '/nonexistent'], '--tokens "/nonexistent" can\'t be read'],
  ])('with %j exits with 2, says what is wrong, and writes nothing else', async (argv, message) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: npm run -s cli -- ');
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['ws://127.0.0.1:1/production', 'Nothing listens there'],
    ['ws://no-such-host.invalid/production', "ws://no-such-host.invalid/production can't be reached"],
  ])('fails in a sentence where %s is nobody', async (url, message) => {
    for (const argv of [
      ['participants', 'x'],
      ['send', 'x', 'y'],
      ['tail', 'x'],
      ['load', '--yes'],
    ]) {
      const { code, stderr } = await runCli([...argv, '--url', url]);
      expect(code).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('    at ');
    }
  });

  it('says that the path is no stage', async () => {
    const { server } = await start();
    const url = server.webSocketUrl.replace('production', 'staging');
    expect((await runCli(['participants', 'x', '--url', url])).stderr).toContain(
      'Is the path of --url its stage',
    );
  });

  it('as it is built exits with these codes, and is done when its reader is', async () => {
    const { server } = await start();
    await server.join('alice');
    const url = ['--url', server.webSocketUrl];
    const done = await new CliProcess(['participants', 'standup', ...url]).result();
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect((await new CliProcess(['participants', 'board', ...url]).result()).code).toBe(1);
    expect((await new CliProcess(['participants', ...url]).result()).code).toBe(2);
    const tail = new CliProcess(['tail', 'standup', ...url]);
    await tail.wrote('joined');
    tail.closeOutput();
    const { client } = await server.join('bob');
    await client.close();
    expect((await tail.result()).code).toBe(0);
  });

  it('makes a token with --json', async () => {
    const { stdout } = await runCli(['token', '--user', 'alice', '--json'], {
      env: { AUTH_SECRET: testSecret },
    });
    expect(JSON.parse(stdout)).toEqual({
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      userId: 'alice',
      expiresAt: expect.stringMatching(/Z$/),
    });
  });

  it('does load with tokens of a file, and says when there are too few', async () => {
    const { server } = await start({ AUTH_SECRET: testSecret });
    const file = join(newFolder(), 'tokens');
    const tokens = ['a', 'b'].map((sub) => secretToken({ sub, exp: 4_000_000_000 }));
    writeFileSync(file, `${tokens.join('\n')}\n`);
    const argv = [
      'load',
      '--tokens',
      file,
      '--meetings',
      '2',
      '--seconds',
      '1',
      '--url',
      server.webSocketUrl,
    ];
    expect((await runCli(argv)).stderr).toContain('a token for each of the 5 people of a meeting, but');
    const { code, stdout } = await runCli([...argv, '--people', '2']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('4 of 4 opened')]);
  });
});
