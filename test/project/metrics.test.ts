import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { counterNames, durationNames } from '../../src/meeting/metricNames.ts';
import { sourcesIn } from '../harness/sources.ts';

const names = [...counterNames, ...durationNames];
const sources = sourcesIn('src', 'lambda').filter((file) => !file.endsWith('metricNames.ts'));

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
