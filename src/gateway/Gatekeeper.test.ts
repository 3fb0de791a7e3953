import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/harness/ManualClock.ts';
import { Gatekeeper } from './Gatekeeper.ts';

const failedAuthentications = { burst: 3, everyMs: 5000 };
const failing = () => {
  const clock = new ManualClock();
  const gatekeeper = new Gatekeeper({ failedAuthentications }, clock);
  return {
    clock,
    attempt: (address: string) => gatekeeper.enter(address, new PassThrough()),
    fail: (address: string, times = 1) => {
      for (let failed = 0; failed < times; failed++) gatekeeper.fail(address);
    },
  };
};

async function close(socket: PassThrough): Promise<void> {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.destroy();
  await closed;
}

describe('the gatekeeper', () => {
  it('[GO6] counts the sockets of an address until they close', async () => {
    const gatekeeper = new Gatekeeper({ connections: 2 }, new ManualClock());
    const [first, second] = [new PassThrough(), new PassThrough()];
    expect(gatekeeper.enter('203.0.113.7', first)).toBe('admitted');
    expect(gatekeeper.enter('203.0.113.7', second)).toBe('admitted');
    for (let times = 0; times < 3; times++) {
      expect(gatekeeper.enter('203.0.113.7', new PassThrough())).toBe('too many connections');
    }
    expect(gatekeeper.enter('203.0.113.8', new PassThrough())).toBe('admitted');
    await close(first);
    expect(gatekeeper.enter('203.0.113.7', new PassThrough())).toBe('admitted');
    expect(gatekeeper.enter('203.0.113.7', new PassThrough())).toBe('too many connections');
  });

  it('[GO6][GO7] takes the addresses of one /64 for one, and other ones for others', () => {
    const gatekeeper = new Gatekeeper({ connections: 1 }, new ManualClock());
    expect(gatekeeper.enter('2001:db8:1:2::1', new PassThrough())).toBe('admitted');
    expect(gatekeeper.enter('2001:db8:1:2:a:b:c:d', new PassThrough())).toBe('too many connections');
    expect(gatekeeper.enter('2001:db8:1:3::1', new PassThrough())).toBe('admitted');
    const { attempt, fail } = failing();
    for (const host of ['a', 'b', 'c']) fail(`2001:db8:1:2::${host}`);
    expect(attempt('2001:db8:1:2::d')).toBe('too many failures');
    expect(attempt('2001:db8:1:3::d')).toBe('admitted');
  });

  it('[GO7] lets fail so many at once, then one after each so long', () => {
    const { clock, attempt, fail } = failing();
    fail('203.0.113.7', 2);
    expect(attempt('203.0.113.7')).toBe('admitted');
    fail('203.0.113.7');
    expect(attempt('203.0.113.7')).toBe('too many failures');
    expect(attempt('203.0.113.8')).toBe('admitted');
    clock.advance(4999);
    expect(attempt('203.0.113.7')).toBe('too many failures');
    clock.advance(1);
    expect(attempt('203.0.113.7')).toBe('admitted');
    fail('203.0.113.7');
    expect(attempt('203.0.113.7')).toBe('too many failures');
    clock.advance(15_000);
    fail('203.0.113.7', 2);
    expect(attempt('203.0.113.7')).toBe('admitted');
  });

  it('[GO7] counts those that were under way, twice the limit at most', () => {
    const { clock, attempt, fail } = failing();
    fail('203.0.113.7', 1000);
    clock.advance(19_999);
    expect(attempt('203.0.113.7')).toBe('too many failures');
    clock.advance(1);
    expect(attempt('203.0.113.7')).toBe('admitted');
  });

  it('[GO7] remembers so many addresses, those that failed last', () => {
    const { attempt, fail } = failing();
    fail('203.0.113.7', 3);
    fail('203.0.113.8', 3);
    for (let other = 0; other < 9998; other++) fail(`10.0.${other >> 8}.${other & 255}`);
    fail('203.0.113.7');
    fail('10.1.0.0');
    expect(attempt('203.0.113.7')).toBe('too many failures');
    expect(attempt('203.0.113.8')).toBe('admitted');
  });

  it('[GO6][GO7] counts nothing of addresses that are exempt', () => {
    const limits = { connections: 0, failedAuthentications, exempts: (address: string) => address === '::1' };
    const gatekeeper = new Gatekeeper(limits, new ManualClock());
    for (let times = 0; times < 5; times++) gatekeeper.fail('::1');
    expect(gatekeeper.enter('::1', new PassThrough())).toBe('admitted');
    expect(gatekeeper.enter('203.0.113.7', new PassThrough())).toBe('too many connections');
  });
});
