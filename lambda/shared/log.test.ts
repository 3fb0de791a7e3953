import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

const logAt = (level: 'debug' | 'info' | 'warn' | 'error') => {
  const lines: unknown[] = [];
  const log = createLog({ level, write: (line) => lines.push(JSON.parse(line)), now: () => 0 });
  return { log, lines };
};

describe('the log', () => {
  it('writes what is at its level or above', () => {
    const { log, lines } = logAt('warn');
    log.debug('routed');
    log.info('left');
    log.warn('send failed', { failed: 1 });
    log.error('error');
    expect(lines).toEqual([
      { time: '1970-01-01T00:00:00.000Z', level: 'warn', event: 'send failed', failed: 1 },
      { time: '1970-01-01T00:00:00.000Z', level: 'error', event: 'error' },
    ]);
  });

  it('writes errors with their stack and cause', () => {
    const { log, lines } = logAt('info');
    log.error('error', { error: new Error('outer', { cause: new TypeError('inner') }) });
    expect(lines).toMatchObject([
      {
        error: {
          name: 'Error',
          message: 'outer',
          stack: expect.any(String),
          cause: { name: 'TypeError', message: 'inner' },
        },
      },
    ]);
  });

  it.each([
    ['a BigInt', 1n],
    [
      'a cycle',
      (() => {
        const a: { a?: unknown } = {};
        a.a = a;
        return a;
      })(),
    ],
  ])('never throws, not even over %s', (_name, value) => {
    const { log, lines } = logAt('info');
    log.error('error', { error: value });
    expect(lines).toMatchObject([{ event: 'error', unloggable: expect.stringContaining('TypeError') }]);
  });
});

describe('the compiler', () => {
  it('holds each line to the list of events', () => {
    const { log, lines } = logAt('error');
    const context = { meetingId: 'standup' };
    // @ts-expect-error there is no such event
    log.info('arrived');
    // @ts-expect-error it has another level
    log.warn('left');
    // @ts-expect-error it has no such field
    log.info('left', { ...context, data: 'hello' });
    log.info('left', { ...context, outcome: 'last' });
    expect(lines).toEqual([]);
  });
});
