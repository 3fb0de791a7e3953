import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { Journal } from './Journal.ts';

/** A journal whose ticks end when the test says so. */
function aJournal(beforeCommit?: () => void) {
  const database = new Database(':memory:');
  database.exec('CREATE TABLE numbers (number INTEGER PRIMARY KEY)');
  const insert = database.prepare('INSERT INTO numbers VALUES (?)');
  let endTick = () => {};
  const schedule = (callback: () => void) => {
    endTick = callback;
  };
  const journal = new Journal(database, { schedule, ...(beforeCommit && { beforeCommit }) });
  const undone: number[] = [];
  return {
    journal,
    undone,
    add: (number: number) =>
      journal.append({ write: () => insert.run(number), undo: () => undone.push(number) }),
    endTick: () => endTick(),
    numbers: () =>
      (database.prepare('SELECT number FROM numbers').all() as { number: number }[]).map((row) => row.number),
    inTransaction: () => database.inTransaction,
  };
}

describe('the journal', () => {
  it('writes all changes of one tick when the tick is over, and not before', async () => {
    const { journal, add, endTick, numbers } = aJournal();
    const committed = Promise.all([add(1), add(2)]);
    expect(journal.idle).toBe(false);
    expect(numbers()).toEqual([]);
    endTick();
    expect(numbers()).toEqual([1, 2]);
    expect(journal.idle).toBe(true);
    await committed;
  });

  it('takes every change of a tick back, the last first, when one cannot be written', async () => {
    const { add, endTick, numbers, undone, inTransaction } = aJournal();
    const first = add(1);
    endTick();
    await first;
    const changes = [add(2), add(3), add(1)];
    endTick();
    const outcomes = await Promise.allSettled(changes);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(undone).toEqual([1, 3, 2]);
    expect(numbers()).toEqual([1]);
    expect(inTransaction()).toBe(false);
  });

  it('takes a tick back whose changes could be written, and what they have in common could not', async () => {
    const { add, endTick, numbers, undone, inTransaction } = aJournal(() => {
      throw new Error('disk full');
    });
    const refused = Promise.allSettled([add(1), add(2)]);
    endTick();
    expect((await refused).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([undone, numbers(), inTransaction()]).toEqual([[2, 1], [], false]);
  });

  it('goes on after a tick that failed', async () => {
    const { add, endTick, numbers } = aJournal();
    const failing = [add(1), add(1)];
    endTick();
    await Promise.allSettled(failing);
    const next = add(4);
    endTick();
    await next;
    expect(numbers()).toEqual([4]);
  });

  it('is settled when nothing is waiting, whether that was written or refused', async () => {
    const { journal, add, endTick } = aJournal();
    await journal.settled();
    const refused = Promise.allSettled([add(1), add(1)]);
    let settled = false;
    const settling = journal.settled().then(() => {
      settled = true;
    });
    await Promise.resolve();
    expect(settled).toBe(false);
    endTick();
    await Promise.all([settling, refused]);
    expect(settled).toBe(true);
  });
});
