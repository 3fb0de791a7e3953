import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CliProcess, runCli } from '../harness/runCli.ts';
import { startTestServer } from '../harness/server.ts';
import { secretToken, testSecret } from '../harness/tokens.ts';

/** A folder for a server's data. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the command line', () => {
  it.each(['token', 'meetings', 'participants', 'send', 'remove', 'tail', 'load'])(
    '%s has a line in the help of all, and a help of its own',
    async (name) => {
      const all = await runCli(['--help']);
      expect([all.code, all.stderr]).toEqual([0, '']);
      expect(all.stdout).toMatch(new RegExp(`^ {2}${name} +[A-Z]`, 'm'));
      const { code, stdout } = await runCli([name, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: cloudmeetx ${name}`);
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
    expect(stderr).toContain('Usage: cloudmeetx ');
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
    const server = await startTestServer();
    const url = server.webSocketUrl.replace('production', 'staging');
    expect((await runCli(['participants', 'x', '--url', url])).stderr).toContain(
      'Is the path of --url its stage',
    );
  });

  it('as it is built exits with these codes, and is done when its reader is', async () => {
    const server = await startTestServer();
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
    const server = await startTestServer({ AUTH_SECRET: testSecret });
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
