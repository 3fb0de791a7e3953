import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CliOptions, runCli } from '../harness/runCli.ts';
import { startTestServer } from '../harness/server.ts';

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
