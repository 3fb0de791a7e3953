import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { onTestFinished } from 'vitest';
import { LambdaFunction, type LambdaFunctionOptions } from '../../src/gateway/LambdaFunction.ts';

/** A function made of this source, zipped as it would be deployed, that runs until the test is finished. */
export function startFunction(
  source: string,
  options: Partial<LambdaFunctionOptions> = {},
): { readonly lambda: LambdaFunction; readonly lines: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-zip-'));
  const zip = join(folder, 'function.zip');
  writeFileSync(zip, zipSync({ 'index.mjs': Buffer.from(source) }));
  const lines: string[] = [];
  const lambda = new LambdaFunction({
    zip,
    functionName: 'test',
    environment: {},
    region: 'us-east-1',
    memoryMb: 256,
    timeoutMs: 10_000,
    concurrency: 4,
    onLine: (line) => lines.push(line),
    ...options,
  });
  onTestFinished(async () => {
    await lambda.close();
    rmSync(folder, { recursive: true });
  });
  return { lambda, lines };
}
