import { describe, expect, it } from 'vitest';
import type { DynamoRequest, Treatment } from '../harness/dynamodbProxy.ts';
import { FaultyStore } from '../harness/FaultyStore.ts';
import { seededRandom } from '../harness/random.ts';

const read = (attempt: number): DynamoRequest => ({ calls: [], token: undefined, attempt });
const transaction = (token: string): DynamoRequest => ({ calls: [], token, attempt: 1 });

function storeWith(failing: number, seed = 1) {
  const reported: Treatment[] = [];
  const report = (fault: Treatment) => reported.push(fault);
  return { store: new FaultyStore({ delayMs: 0, failing, random: seededRandom(seed), report }), reported };
}

describe('a faulty store', () => {
  it('lets everything through when it has no faults', async () => {
    expect(await new FaultyStore().treat(read(1))).toEqual({ kind: 'pass' });
    expect(await storeWith(0).store.treat(transaction('t'))).toEqual({ kind: 'pass' });
  });

  it('fails a read once and a transaction three times, and tells of each', async () => {
    const { store, reported } = storeWith(1);
    expect(await store.treat(read(1))).not.toEqual({ kind: 'pass' });
    expect(await store.treat(read(2))).toEqual({ kind: 'pass' });
    const tries = [];
    for (let n = 0; n < 4; n++) tries.push(await store.treat(transaction('t')));
    expect(tries.map(({ kind }) => kind === 'pass')).toEqual([false, false, false, true]);
    expect(await store.treat(transaction('another'))).not.toEqual({ kind: 'pass' });
    expect(reported).toHaveLength(5);
  });

  it('keeps what was asked for, and no repeats', async () => {
    const store = new FaultyStore();
    const call = (action: string) => ({ action, table: 'meetings' });
    await store.treat({ ...read(1), calls: [call('Query')] });
    await store.treat({ ...read(2), calls: [call('Query')] });
    await store.treat({ ...transaction('t'), calls: [call('PutItem'), call('DeleteItem')] });
    expect(store.calls).toEqual(['Query', 'PutItem+DeleteItem']);
  });

  it('does the same again by the same seed', async () => {
    const courseOf = async (seed: number) => {
      const { store } = storeWith(0.5, seed);
      const course: Treatment[] = [];
      for (let n = 0; n < 20; n++) course.push(await store.treat(transaction(`${n}`)));
      return course;
    };
    expect(await courseOf(7)).toEqual(await courseOf(7));
    expect(await courseOf(7)).not.toEqual(await courseOf(8));
  });
});
