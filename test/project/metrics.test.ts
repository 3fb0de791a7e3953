import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { counterNames, durationNames } from '../../src/meeting/metricNames.ts';

const names = [...counterNames, ...durationNames];
const sources = ['src', 'lambda']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|metricNames/.test(file));

describe('the names of the metrics', () => {
  it('stand in docs/metrics.md, and no others', () => {
    const rows = readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| (\w+) \| `cloudmeetx_\w+` \|/gm);
    expect([...rows].map(([, name]) => name).sort()).toEqual([...names].sort());
  });

  it('cost what docs/metrics.md says', () => {
    const [row] = /^\| [^|]*own metrics.*$/m.exec(readFileSync('docs/metrics.md', 'utf8')) ?? [];
    const dollars = ((names.length * 30) / 100).toFixed(2);
    expect(row).toMatch(new RegExp(`^\\| ${names.length} .* \\| ${dollars} at most \\|$`));
  });

  it.each(names)('are counted or timed somewhere: %s', (name) => {
    const counting = sources.filter((file) => readFileSync(file, 'utf8').includes(`'${name}'`));
    expect(counting).not.toEqual([]);
  });
});
