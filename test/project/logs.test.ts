import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { logEvents } from '../../lambda/shared/logEvents.ts';
import { strayLines } from '../harness/logLines.ts';
import { sourcesIn } from '../harness/sources.ts';

const sources = sourcesIn('src', 'lambda', 'local').filter((file) => !file.endsWith('logEvents.ts'));

describe('the lines of the log', () => {
  it('stand in docs/logs.md, each with its levels and fields, and no others', () => {
    const rows = readFileSync('docs/logs.md', 'utf8').matchAll(/^\| `([\w ]+)` \| ([^|]*) \| ([^|]*)\|.*$/gm);
    const documented = [...rows].map(([, event = '', levels = '', fields = '']) => [
      event,
      { levels: levels.split(', '), fields: fields.trim().split(', ').filter(Boolean) },
    ]);
    expect(documented).toEqual(Object.entries(logEvents));
  });

  it.each(Object.keys(logEvents))('are logged somewhere: %s', (event) => {
    const logging = sources.filter((file) => readFileSync(file, 'utf8').includes(`'${event}'`));
    expect(logging).not.toEqual([]);
  });

  it.each([
    ['of another event', { level: 'info', event: 'arrived' }],
    ['at another level', { level: 'warn', event: 'left' }],
    ['with another field', { level: 'info', event: 'left', data: 'hello' }],
    ['of another metric', { _aws: {}, MessagesSend: 1 }],
  ])('are watched in every test of the protocol: a line %s is a stray', (_, line) => {
    const known = [
      { time: '', level: 'info', event: 'left', outcome: 'last' },
      { _aws: {}, MessagesSent: 1 },
    ];
    expect(strayLines([...known, line])).toEqual([line]);
  });
});
