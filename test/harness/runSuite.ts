import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Runs `npm run test:deployed` with this environment, but for its files being run at the same time. */
export async function runSuite(
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly output: string }> {
  const args = [
    'run',
    '--config',
    'vitest.deployed.config.ts',
    '--fileParallelism',
    '--maxWorkers=2',
    ...flags,
  ];
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], {
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

/** The lines of a section of its report. */
export function section(output: string, title: string): readonly string[] {
  const [, lines = ''] = new RegExp(`\\n${title}:\\n((?: {2}.*\\n)+)`).exec(output) ?? [];
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => line.trim());
}
