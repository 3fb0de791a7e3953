import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testSecret } from '../harness/tokens.ts';

const functions = readdirSync('lambda')
  .filter((name) => name !== 'shared')
  .sort();

describe('the build', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-build-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const built = (name: string): string => {
    const out = join(folder, name);
    execFileSync(process.execPath, ['scripts/build.mjs', `--out=${out}`]);
    return join(out, 'lambda');
  };
  const first = built('first');

  it('makes a bundle, a source map and a zip of each function', () => {
    expect(readdirSync(first).sort()).toEqual(functions.flatMap((name) => [name, `${name}.zip`]).sort());
    for (const name of functions) {
      expect(readdirSync(join(first, name)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    }
  });

  it('makes the same bytes of the same sources', () => {
    const second = built('second');
    for (const name of functions) expect(hashOf(second, name)).toBe(hashOf(first, name));
  }, 120_000);

  it.each(functions)('makes %s load with defaults alone', (name) => {
    const script = `import(${JSON.stringify(join(first, name, 'index.mjs'))}).then((m) => console.log(typeof m.handler))`;
    const stdout = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: {},
      encoding: 'utf8',
    });
    expect(stdout).toBe('function\n');
  });

  it('makes cloudmeetx/token one file that needs no other, with declarations', async () => {
    const alone = mkdtempSync(join(folder, 'alone-'));
    cpSync(join(folder, 'first', 'token'), alone, { recursive: true });
    expect(readFileSync(join(alone, 'index.d.mts'), 'utf8')).not.toContain('import');
    const script = `import(${JSON.stringify(join(alone, 'index.mjs'))}).then(async ({ mintToken }) =>
      console.log(await mintToken(${JSON.stringify({ secret: testSecret, userId: 'alice', expiresInSeconds: 60, nowSeconds: 1_795_000_000 })})))`;
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(run()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  });

  it('is what cloudmeetx/token means to whoever has the package', async () => {
    const name = 'cloudmeetx/token';
    const { mintToken, TokenRequestError }: typeof import('../../src/auth/mintToken.ts') = await import(name);
    const request = { secret: testSecret, userId: 'alice', expiresInSeconds: 60, nowSeconds: 1_795_000_000 };
    expect(await mintToken(request)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    await expect(mintToken({ ...request, userId: '' })).rejects.toThrow(TokenRequestError);
  });

  it('keeps AWS out of the function that verifies tokens', () => {
    const inputs = readFileSync(join(folder, 'first', '.inputs', 'lambda-authorize-index.mjs.json'), 'utf8');
    expect(inputs).toContain('src/auth/createVerifier.ts');
    expect(inputs).not.toMatch(/@aws-sdk|@smithy|src\/aws\/(?!EmfTelemetry\.ts)/);
  });

  it('makes a function say which variable is wrong', () => {
    const script = `import(${JSON.stringify(join(first, 'onConnect', 'index.mjs'))}).catch((e) => console.log(e.message))`;
    const env = { CALLBACK_URL: 'localhost:3001' };
    const stdout = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^CALLBACK_URL must be the http or https address .* but is "localhost:3001"\.$/m);
  });
});

const hashOf = (folder: string, name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, `${name}.zip`)))
    .digest('hex');
