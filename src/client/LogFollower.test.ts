import { describe, expect, it } from 'vitest';
import { chatLine } from '../../test/harness/FakeSockets.ts';
import { settled } from '../../test/harness/fakeMeeting.ts';
import { deferred } from '../../test/harness/gateway.ts';
import { ManualClock } from '../../test/harness/ManualClock.ts';
import { seededRandom, seedOfRun } from '../../test/harness/random.ts';
import { LogFollower, type LogPage } from './LogFollower.ts';

const log = (seq: number, changes: object = {}) => ({
  ...{ epoch: 'first', seq, entries: [], recovered: false },
  ...changes,
});
const page = (seq: number, seqs: readonly number[], epoch = 'first') => ({
  ...{ epoch, seq, entries: seqs.map((line) => chatLine(line)) },
});

function follow() {
  const clock = new ManualClock();
  const shown: number[] = [];
  const asked: { after: number; answer: (page: LogPage) => void; fail: () => void }[] = [];
  const expired: number[] = [];
  let epochs = 0;
  const follower = new LogFollower({
    clock,
    show: ({ seq }) => shown.push(Number(seq)),
    ask(after) {
      const { promise, resolve, reject } = deferred<LogPage>();
      asked.push({ after, answer: resolve, fail: () => reject(new Error('failed')) });
      return promise;
    },
    onExpired: (seq) => expired.push(seq),
    onEpoch: () => epochs++,
  });
  const take = (...seqs: readonly number[]) => {
    for (const seq of seqs) follower.take(seq, chatLine(seq));
  };
  return { clock, shown, asked, expired, follower, take, epochs: () => epochs };
}

describe('a follower of the log', () => {
  it('[SD8] shows every line after the first welcome once and in order, voids not', () => {
    const { follower, take, shown } = follow();
    expect(follower.position).toBeUndefined();
    follower.resume(log(10));
    take(9, 10, 12, 11, 12, 14, 11);
    follower.take(13, { type: 'void', seq: 13 });
    expect(shown).toEqual([11, 12, 14]);
    expect(follower.position).toEqual({ epoch: 'first', seq: 14 });
  });

  it('[SD9] gives a hole 0.3 s to close by itself, then asks for what is missing', async () => {
    const { follower, take, shown, clock, asked } = follow();
    follower.resume(log(1));
    take(3);
    clock.advance(299);
    expect(asked).toHaveLength(0);
    clock.advance(1);
    expect(asked).toMatchObject([{ after: 1 }]);
    expect(follower.isBehind).toBe(true);
    take(4);
    asked[0]?.answer(page(4, [2, 3, 4]));
    await settled();
    expect(shown).toEqual([2, 3, 4]);
    expect(follower.isBehind).toBe(false);
  });

  it('[SD9] asks nothing about a hole that closes', () => {
    const { follower, take, clock, asked } = follow();
    follower.resume(log(1));
    take(3);
    clock.advance(200);
    take(2);
    clock.advance(59_000);
    expect(asked).toHaveLength(0);
  });

  it('[SD9] asks whether it missed the last line when none has come for a minute', async () => {
    const { follower, take, shown, clock, asked } = follow();
    follower.resume(log(1));
    clock.advance(30_000);
    take(2);
    clock.advance(59_999);
    expect(asked).toHaveLength(0);
    clock.advance(1);
    asked[0]?.answer(page(4, [3, 4]));
    await settled();
    expect(shown).toEqual([2, 3, 4]);
    clock.advance(60_000);
    expect(asked).toMatchObject([{ after: 2 }, { after: 4 }]);
  });

  it('[SD9] asks on until it has all that the log has', async () => {
    const { follower, shown, asked } = follow();
    follower.resume(log(1));
    follower.pause();
    follower.resume(log(6, { recovered: true, entries: [chatLine(2)] }));
    asked[0]?.answer(page(6, [3, 4]));
    await settled();
    asked[1]?.answer(page(6, [5, 6]));
    await settled();
    expect(asked.map(({ after }) => after)).toEqual([2, 4]);
    expect(shown).toEqual([2, 3, 4, 5, 6]);
  });

  it('[SD9] asks again when asking failed, and takes no answer to an earlier connection', async () => {
    const { follower, shown, asked, clock, take } = follow();
    follower.resume(log(1));
    take(3);
    clock.advance(300);
    asked[0]?.fail();
    await settled();
    clock.advance(500);
    expect(asked).toHaveLength(2);
    follower.pause();
    asked[1]?.answer(page(9, [2, 3]));
    await settled();
    expect(shown).toEqual([]);
    clock.advance(120_000);
    expect(asked).toHaveLength(2);
    follower.resume(log(3, { recovered: true, entries: [chatLine(2), chatLine(3)] }));
    expect(shown).toEqual([2, 3]);
  });

  it('[SD11] goes on behind lines that have expired, and says so', async () => {
    const { follower, shown, asked, clock, expired, take } = follow();
    follower.resume(log(1));
    take(9);
    clock.advance(300);
    asked[0]?.answer(page(9, [7, 8, 9]));
    await settled();
    expect(shown).toEqual([7, 8, 9]);
    take(12);
    clock.advance(300);
    asked[1]?.answer(page(12, []));
    await settled();
    expect(expired).toEqual([6, 12]);
    take(13);
    expect(shown).toEqual([7, 8, 9, 13]);
    follower.pause();
    expect(follower.resumptionOf(log(20))).toBe('lines-expired');
    follower.resume(log(20));
    take(20, 21);
    expect(shown.at(-1)).toBe(21);
  });

  it('[SD11] begins anew with another epoch, and with a log that has lost its end', async () => {
    const { follower, shown, take } = follow();
    follower.resume(log(10));
    take(12);
    follower.pause();
    const second = log(3, { epoch: 'second' });
    expect(follower.resumptionOf(second)).toBe('epoch-changed');
    follower.resume(second);
    take(4, 12);
    expect(shown).toEqual([4]);
    take(5);
    follower.pause();
    expect(follower.resumptionOf(log(4, { epoch: 'second' }))).toBe('epoch-changed');
    follower.resume(log(4, { epoch: 'second' }));
    take(5);
    expect(shown).toEqual([4, 5, 5]);
  });

  it('[SD11] gives up a connection whose log has begun anew', async () => {
    const { follower, asked, clock, epochs, shown } = follow();
    follower.resume(log(1));
    clock.advance(60_000);
    asked[0]?.answer(page(2, [1, 2], 'second'));
    await settled();
    expect(epochs()).toBe(1);
    expect(shown).toEqual([]);
  });

  it('[SD8][SD9] shows a whole log, however its lines come, get lost, and connections end', async () => {
    const seed = seedOfRun();
    const random = seededRandom(seed);
    const { follower, shown, asked, clock } = follow();
    follower.resume(log(0));
    let last = 0;
    const lines = (from: number, most = 300) =>
      Array.from({ length: Math.min(most, last - from) }, (_, index) => from + 1 + index);
    const steps = [
      () => {
        last += 1 + random.below(3);
      },
      () => {
        const seq = 1 + random.below(last + 1);
        if (seq <= last) follower.take(seq, chatLine(seq));
      },
      () => clock.advance(random.below(1000)),
      () => {
        const question = asked.splice(random.below(asked.length + 1), 1)[0];
        if (random.below(4) === 0) question?.fail();
        else question?.answer(page(last, lines(question.after, 1 + random.below(4))));
      },
      () => {
        follower.pause();
        const from = follower.position?.seq ?? 0;
        const entries = page(last, lines(from, random.below(5))).entries;
        follower.resume(log(last, { recovered: true, entries }));
      },
    ];
    for (let times = 0; times < 2000; times++) {
      random.pick(steps)();
      if (random.below(3) === 0) await settled();
    }
    for (let rounds = 0; (follower.position?.seq ?? 0) < last && rounds < 5000; rounds++) {
      clock.advance(60_000);
      const question = asked.shift();
      question?.answer(page(last, lines(question.after)));
      await settled();
    }
    expect(shown, `seed ${seed}`).toEqual(lines(0, last));
  });
});
