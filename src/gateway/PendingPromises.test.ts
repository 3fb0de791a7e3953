import { expect, it } from 'vitest';
import { deferred } from '../../test/harness/gateway.ts';
import { PendingPromises } from './PendingPromises.ts';

const neverSettles = () => new Promise<void>(() => {});
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What is told of an invocation: nothing, or how many promises it left. */
async function left(run: () => Promise<unknown>, pendingPromises = new PendingPromises()): Promise<number[]> {
  const counts: number[] = [];
  await pendingPromises.watch(run, (count) => counts.push(count));
  return counts;
}

it('tells nothing of an invocation that waits for all it begins', async () => {
  const run = async () => {
    await Promise.all([nextTurn(), nextTurn().then(nextTurn), Promise.resolve(1)]);
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    await Promise.allSettled([Promise.reject(new Error('handled'))]);
  };

  expect(await left(run)).toEqual([]);
});

it.for([1, 2, 5])('counts %i promises left pending', async (promises) => {
  const run = async () => {
    for (let made = 0; made < promises; made++) void neverSettles();
  };

  expect(await left(run)).toEqual([promises]);
});

it('finds an async function that was not awaited', async () => {
  const run = async () => {
    void (async () => {
      await nextTurn();
    })();
  };

  const [count] = await left(run);

  expect(count).toBeGreaterThan(0);
});

it('finds what is left pending behind an await', async () => {
  const run = async () => {
    await nextTurn();
    void neverSettles();
  };

  expect(await left(run)).toEqual([1]);
});

it('counts the loser of a race', async () => {
  const [count] = await left(() => Promise.race([nextTurn(), neverSettles()]));

  expect(count).toBeGreaterThan(0);
});

it('tells interleaved invocations apart', async () => {
  const pendingPromises = new PendingPromises();
  const turn = deferred();
  const tidy = left(async () => {
    await turn.promise;
    await nextTurn();
  }, pendingPromises);
  const untidy = left(async () => {
    void neverSettles();
    turn.resolve();
    await nextTurn();
  }, pendingPromises);

  expect(await Promise.all([tidy, untidy])).toEqual([[], [1]]);
});

it('does not blame an invocation for what is made around it', async () => {
  const done = deferred();
  const told = left(() => done.promise);

  void neverSettles();
  done.resolve();

  expect(await told).toEqual([]);
});

it('watches again after it has stopped', async () => {
  const pendingPromises = new PendingPromises();
  const run = async () => {
    void neverSettles();
  };

  expect([await left(run, pendingPromises), await left(run, pendingPromises)]).toEqual([[1], [1]]);
});

it('returns what the invocation returns, and rejects as it rejects', async () => {
  const pendingPromises = new PendingPromises();
  const told: number[] = [];
  const error = new Error('no such table');
  const watch = <T>(run: () => Promise<T>) => pendingPromises.watch(run, (count) => told.push(count));

  expect(await watch(async () => 'done')).toBe('done');
  await expect(
    watch(async () => {
      void neverSettles();
      throw error;
    }),
  ).rejects.toBe(error);
  expect(told).toEqual([]);
});
