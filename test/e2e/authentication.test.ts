import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../harness/startProcess.ts';
import { TestClient } from '../harness/TestClient.ts';
import { testSecret } from '../harness/tokens.ts';

const run = promisify(execFile);
const { PATH = '', HOME = '' } = process.env;

/** What a shell makes of some lines. */
const inShell = (script: string, env: Readonly<Record<string, string>> = {}) =>
  run('/bin/sh', ['-ec', script], { env: { PATH, HOME, ...env } });

async function fails(script: string, env: Readonly<Record<string, string>> = {}) {
  const failure: unknown = await inShell(script, env).catch((error: unknown) => error);
  return failure as { readonly code: number; readonly stdout: string; readonly stderr: string };
}

const token = (options: string) => `npm run -s cli -- token ${options}`;

describe('npm start with authentication', () => {
  it("lets in who pastes the README's lines, and nobody without a token", async () => {
    const [, block = ''] =
      /To try it with a shared secret:\n\n```sh\n([^`]*)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
    const [secretLine = '', startLine = '', wscatLine = ''] = block.split('\n');
    expect(startLine).toMatch(/npm start &$/);
    const [, quoted] = /^npx wscat -c (".*")$/.exec(wscatLine) ?? [];
    const { stdout } = await inShell(`${secretLine}\necho "$AUTH_SECRET"\necho ${quoted}`);
    const [secret = '', url = ''] = stdout.split('\n');

    const server = await startProcess({ AUTH_SECRET: secret });
    expect(server.stdout()).toContain('Authentication is on: tokens are signed with AUTH_SECRET.');
    expect(server.stdout()).toContain(wscatLine.replace('ws://127.0.0.1:3001/production', server.url));
    const alice = await TestClient.connect(url.replace('ws://127.0.0.1:3001/production', server.url));
    expect(await alice.replyTo({ action: 'join' })).toMatchObject({
      self: { userId: 'alice', userName: 'Alice' },
    });
    const { statusCode } = await TestClient.refused(`${server.url}?meetingId=standup&userId=alice`);
    expect(statusCode).toBe(401);
  });

  it('says whose tokens it takes', async () => {
    const server = await startProcess({ AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'meetings' });
    expect(server.stdout()).toContain('Authentication is on: tokens are those of https://issuer.example.');
  });
});

describe('npm run cli -- token', () => {
  it('prints a token, and nothing else, that the server takes for what it says', async () => {
    const env = {
      AUTH_SECRET: testSecret,
      AUTH_ISSUER: 'https://issuer.example',
      AUTH_AUDIENCE: 'meetings,chats',
    };
    const { stdout, stderr } = await inShell(
      token('--user alice --name Alice --meeting standup --minutes 5'),
      env,
    );
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(stderr).toBe('');
    const { url } = await startProcess(env);
    const presented = new URLSearchParams({ meetingId: 'standup', token: stdout.trim() });
    const alice = await TestClient.connect(`${url}?${presented}`);
    expect(await alice.replyTo({ action: 'join' })).toMatchObject({
      self: { userId: 'alice', userName: 'Alice' },
    });
    presented.set('meetingId', 'board');
    expect(await TestClient.refused(`${url}?${presented}`)).toMatchObject({ statusCode: 403 });
  });

  it.each([
    ['--user alice', {}, 'AUTH_SECRET must be set'],
    ['--user alice', { AUTH_SECRET: 'short' }, 'AUTH_SECRET must be at least 32 bytes long'],
    ['', { AUTH_SECRET: testSecret }, '--user is missing'],
    ['--user ""', { AUTH_SECRET: testSecret }, '--user must be a string of 1 to 128 characters'],
    [
      '--user alice --role admin',
      { AUTH_SECRET: testSecret },
      '--role must be one of host, participant, observer.',
    ],
    [
      '--user alice --minutes 1.5',
      { AUTH_SECRET: testSecret },
      '--minutes must be a whole number from 1 to 525600, but is "1.5".',
    ],
    ['--user alice --nmae Alice', { AUTH_SECRET: testSecret }, "Unknown option '--nmae'"],
  ])('with %j and %j exits with 2 and says what to change', async (options, env, message) => {
    const { code, stdout, stderr } = await fails(token(options), env);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: npm run -s cli -- token');
    expect(stderr).not.toContain('    at ');
  });

  it('is one of the commands that a wrong one is told', async () => {
    expect(await fails('npm run -s cli -- tokne')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no command "tokne". There are token, '),
    });
  });
});
