import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';

/** What others install, packed, and apps that install it. */
export type PackedPackage = {
  /** The folder that was packed. */
  readonly folder: string;
  /** Copies one of test/project/apps, installs the tarball in the copy, without a registry, and returns where it is. */
  install(app: 'vite' | 'node'): Promise<string>;
  /** Installs and builds the app of Vite for a meeting at this URL, and returns the folder of its page. */
  build(webSocketUrl: string): Promise<string>;
};

/** Packs the package for the tests of a file. */
export function usePackedPackage(): PackedPackage {
  // Below the root, so that apps find there what they need beside the package: React, Vite, ws. Of the package they have
  // their own, which is the packed one.
  mkdirSync('dist/test', { recursive: true });
  const folder = mkdtempSync(resolve('dist/test/package-'));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  const tarball = join(folder, `cloudmeetx-${version}.tgz`);
  beforeAll(
    () => void execFileSync(process.execPath, ['scripts/pack-client.mjs', `--out=${folder}`]),
    120_000,
  );
  afterAll(() => rmSync(folder, { recursive: true }));
  const install = async (app: 'vite' | 'node') => {
    const copy = join(folder, app);
    cpSync(`test/project/apps/${app}`, copy, { recursive: true });
    writeFileSync(join(copy, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    const flags = ['--offline', '--no-audit', '--no-fund'];
    await promisify(execFile)('npm', ['install', ...flags, tarball], { cwd: copy });
    return copy;
  };
  return {
    folder: join(folder, 'package'),
    install,
    async build(webSocketUrl) {
      const app = await install('vite');
      const run = (script: string, args: readonly string[]) =>
        execFileSync(process.execPath, [resolve('node_modules', script), ...args], {
          cwd: app,
          env: { NODE_ENV: 'production', VITE_MEETING_URL: webSocketUrl },
          stdio: 'inherit',
        });
      run('typescript/bin/tsc', ['-p', '.']);
      run('vite/bin/vite.js', ['build', '--logLevel=warn']);
      return join(app, 'dist');
    },
  };
}
