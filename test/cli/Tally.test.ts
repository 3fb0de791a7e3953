import { describe, expect, it } from 'vitest';
import { Latencies } from '../../local/commands/load/Latencies.ts';
import { Tally } from '../../local/commands/load/Tally.ts';

/** Two meetings of three people, all there: connections 0 to 2 and 3 to 5. */
function tallyOf(): Tally {
  const tally = new Tally({ meetings: 2, people: 3 });
  for (let connection = 0; connection < 6; connection++) tally.opened(connection);
  return tally;
}

const at = { dueMs: 100, nowMs: 103 };

describe('a tally', () => {
  it('expects a message by everyone else in its meeting, and by nobody of another', () => {
    const tally = tallyOf();
    tally.sent(0, 4, at);
    tally.acked(0, 110);
    expect(tally.underWay).toBe(2);
    for (const connection of [3, 5]) tally.delivered(0, connection, 120);
    for (const connection of [0, 4]) tally.delivered(0, connection, 120);
    expect(tally.underWay).toBe(0);
    expect(tally.counts()).toMatchObject({ expected: 2, delivered: 2, lost: 0, duplicates: 0 });
  });

  it('misses what does not come, and counts what comes twice', () => {
    const tally = tallyOf();
    tally.sent(0, 0, at);
    tally.acked(0, 110);
    tally.delivered(0, 1, 120);
    tally.delivered(0, 1, 130);
    expect(tally.counts()).toMatchObject({
      expected: 2,
      delivered: 1,
      lost: 1,
      lostWithConnection: 0,
      duplicates: 1,
    });
    expect(tally.underWay).toBe(1);
  });

  it('expects nothing of who was not there yet, and waits no longer for who has ended, whose loss is one', () => {
    const tally = new Tally({ meetings: 1, people: 3 });
    tally.opened(0);
    tally.opened(1);
    tally.sent(0, 0, at);
    tally.acked(0, 110);
    tally.opened(2);
    tally.ended(1);
    tally.ended(1);
    expect(tally.underWay).toBe(0);
    expect(tally.counts()).toMatchObject({ expected: 1, lost: 1, lostWithConnection: 1 });
    tally.delivered(0, 2, 120);
    expect(tally.counts()).toMatchObject({ delivered: 0, duplicates: 0 });
  });

  it('expects nothing of what is refused, and of what is not answered it says so', () => {
    const tally = tallyOf();
    tally.sent(0, 0, at);
    tally.refused(0, 'rate_limited');
    tally.refused(0, 'rate_limited');
    tally.sent(1, 3, at);
    expect(tally.underWay).toBe(3);
    for (const connection of [4, 5]) tally.delivered(1, connection, 120);
    expect(tally.underWay).toBe(1);
    tally.gaveUp();
    expect(tally.underWay).toBe(0);
    expect(tally.counts()).toMatchObject({
      ...{ sent: 2, acked: 0, unanswered: 1, refused: { rate_limited: 1 } },
      ...{ expected: 0, lost: 0 },
    });
  });

  it('counts a delivery that is quicker than the ack', () => {
    const tally = tallyOf();
    tally.sent(0, 0, at);
    for (const connection of [1, 2]) tally.delivered(0, connection, 104);
    expect(tally.underWay).toBe(1);
    tally.acked(0, 105);
    expect(tally.counts()).toMatchObject({ expected: 2, delivered: 2 });
  });

  it('measures from when a message was due, however late it was sent', () => {
    const tally = tallyOf();
    tally.sent(0, 0, { dueMs: 100, nowMs: 600 });
    tally.acked(0, 700);
    tally.delivered(0, 1, 800);
    expect(tally.lateMs.summary().max).toBe(500);
    expect(tally.ackMs.summary().max).toBe(600);
    expect(tally.deliveryMs.summary().max).toBe(700);
  });
});

describe('latencies', () => {
  it('are told at most 1 % too high', () => {
    const latencies = new Latencies();
    const values = Array.from({ length: 10_000 }, (_, index) => ((index * 7919) % 10_000) / 7 + 0.02);
    for (const value of values) latencies.add(value);
    const sorted = values.toSorted((a, b) => a - b);
    const { p50, p90, p99, max } = latencies.summary();
    for (const [told, share] of [
      [p50, 0.5],
      [p90, 0.9],
      [p99, 0.99],
    ] as const) {
      const exact = sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
      expect(told).toBeGreaterThanOrEqual(exact - 0.01);
      expect(told).toBeLessThanOrEqual(exact * 1.01 + 0.01);
    }
    expect(max).toBeCloseTo(sorted.at(-1) ?? 0, 1);
  });

  it('of none are unknown, and none is below zero', () => {
    const latencies = new Latencies();
    expect(latencies.summary()).toEqual({ p50: null, p90: null, p99: null, max: null });
    latencies.add(0);
    latencies.add(-1);
    expect(latencies.summary().p50).toBe(0);
  });
});
