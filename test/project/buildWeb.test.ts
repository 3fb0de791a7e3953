import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-web-'));
afterAll(() => rmSync(folder, { recursive: true }));

const build = (env: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, ['scripts/build-web.mjs', `--out=${folder}`], { env, encoding: 'utf8' });

describe('the page for a static host', () => {
  it.each([
    { env: { API_URL: 'wss://api.example/production' }, url: 'wss://api.example/production' },
    { env: { API_URL: 'https://api.example:8443/v2/' }, url: 'wss://api.example:8443/v2' },
  ])('is told of $env.API_URL by the config.json beside it', ({ env, url }) => {
    expect(build(env)).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(readFileSync(join(folder, 'web/config.json'), 'utf8'))).toEqual({
      url,
      authentication: 'none',
    });
  });

  it('is told where its tokens come from', () => {
    build({ API_URL: 'wss://api.example/production', TOKEN_URL: 'https://sso.example/token' });
    expect(JSON.parse(readFileSync(join(folder, 'web/config.json'), 'utf8'))).toEqual({
      url: 'wss://api.example/production',
      authentication: 'token',
      tokenUrl: 'https://sso.example/token',
    });
  });

  it.each([
    [{}, 'API_URL'],
    [{ API_URL: 'api.example' }, 'API_URL'],
    [{ API_URL: 'ws://api.example/production' }, 'API_URL'],
    [{ API_URL: 'wss://api.example/production?meetingId=1' }, 'API_URL'],
    [{ API_URL: 'wss://api.example/production', AUTHENTICATION: 'yes' }, 'AUTHENTICATION'],
    [{ API_URL: 'wss://api.example/production', TOKEN_URL: 'http://sso.example/' }, 'TOKEN_URL'],
    [{ API_URL: 'wss://api.example/production', TOKEN_URL: '//sso.example/' }, 'TOKEN_URL'],
    [{ API_URL: 'wss://api.example/', AUTHENTICATION: 'none', TOKEN_URL: '/token' }, 'TOKEN_URL'],
  ])('is not built with %j, and the build says what is wrong with %s', (env, variable) => {
    const { status, stderr } = build(env as Record<string, string>);
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^${variable} .+\\.\n$`));
  });
});
