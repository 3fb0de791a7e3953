import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoMeetings } from '../../src/aws/DynamoMeetings.ts';
import { EmbeddedMeetings } from '../../src/embedded/EmbeddedMeetings.ts';
import type { Meetings } from '../../src/meeting/ports.ts';
import { type CallFate, FakeDynamoDB, type FakeDynamoDBOptions } from '../harness/FakeDynamoDB.ts';
import type { Random } from '../harness/random.ts';
import { Life, type Scheduler } from './Scheduler.ts';

/** What a store of the model is made with. */
type StoreOptions = {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly now: () => number;
  readonly newId: () => string;
  /** Whether something may go wrong now. */
  readonly troubled: () => boolean;
};

/** A store under test, whose users come and die. */
export type ModelStore = {
  /** Meetings as one invocation of a function sees them. */
  readonly invoke: () => { readonly meetings: Meetings; readonly life: Life };
  /** Ends the process, if all share one, with whatever was not on disk; starts another. */
  readonly crash?: () => void;
  /** Whether limits hold exactly when many come at once; if not, only when one comes after another. */
  readonly countsAtOnce: boolean;
  /** What is wrong in what is kept, when nobody is changing it. */
  readonly faults: () => readonly string[];
  readonly close: () => Promise<void>;
};

export type CreateStore = (options: StoreOptions) => ModelStore;

const HISTORY_TTL_SECONDS = 604_800;
const PACES = [1, 1, 0.3, 0.05];
const tables = { connections: 'connections', meetings: 'meetings' };

/** Meetings on DynamoDB: each invocation dies by itself, at any call, done or not. */
export const dynamoStore =
  (options: FakeDynamoDBOptions = {}): CreateStore =>
  ({ scheduler, random, now, newId, troubled }) => {
    const fake = new FakeDynamoDB(
      { connections: { partition: 'connectionId' }, meetings: { partition: 'meetingId', sort: 'item' } },
      { itemsPerPage: 3, ...options },
    );
    const server = new Life(1);
    const mayDie = (life: Life) => {
      if (troubled() && random.next() < 0.006) life.alive = false;
      return life.alive ? Promise.resolve() : new Promise<never>(() => {});
    };
    const arrive = (life: Life) => async (name: string) => {
      // The SDK repeats reads by itself, so that they are slow rather than fail.
      const isRead = /^(Get|Query|Scan)$/.test(name);
      await scheduler.turn(life);
      await mayDie(life);
      return troubled() && (!isRead || random.next() < 0.05) ? fateOf(random) : 'done';
    };
    const invoke = () => {
      const life = new Life(random.pick(PACES));
      const documents = fake.client({
        arrive: arrive(life),
        prepared: () => scheduler.turn(server),
        answer: async () => {
          await scheduler.turn(life);
          await mayDie(life);
        },
      });
      const meetings = new DynamoMeetings({
        documents,
        tables,
        connectionTtlSeconds: 10 ** 9,
        historyTtlSeconds: HISTORY_TTL_SECONDS,
        now,
        newId,
        sleep: () => scheduler.turn(life),
        random: () => 0,
      });
      return { meetings, life };
    };
    return { invoke, countsAtOnce: false, faults: () => strays(fake), close: async () => {} };
  };

function fateOf(random: Random): CallFate {
  const draw = random.next();
  if (draw < 0.03) return 'throttled';
  return draw < 0.06 ? 'lost' : 'done';
}

/** Connections that a row has and no user item, or the other way round. */
function strays(fake: FakeDynamoDB): readonly string[] {
  const rows = fake.items(tables.connections).map(({ connectionId }) => String(connectionId));
  const users = fake.items(tables.meetings).filter(({ item }) => String(item).startsWith('user#'));
  const held = users.flatMap(({ connections }) => Object.keys(Object(connections)));
  return [
    ...rows.filter((id) => !held.includes(id)).map((id) => `${id} has a row and no place in its user's item`),
    ...held.filter((id) => !rows.includes(id)).map((id) => `${id} is in its user's item and has no row`),
  ];
}

/** Meetings on one machine: all live and die together, and their commits wait for the end of a tick. */
export const embeddedStore: CreateStore = ({ scheduler, now, newId }) => {
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  const ended: { readonly meetings: EmbeddedMeetings; readonly commits: (() => void)[] }[] = [];
  let count = 0;
  const start = () => {
    const path = join(folder, `${count}.sqlite`);
    const life = new Life(1);
    const commits: (() => void)[] = [];
    const schedule = (commit: () => void) => {
      if (!life.alive) return setImmediate(commit);
      commits.push(commit);
      return scheduler.turn(life).then(() => {
        commits.splice(commits.indexOf(commit), 1);
        commit();
      });
    };
    const meetings = new EmbeddedMeetings({
      path,
      historyTtlSeconds: HISTORY_TTL_SECONDS,
      now,
      newId,
      schedule,
    });
    return { path, life, commits, meetings };
  };
  let current = start();
  const crash = () => {
    const next = join(folder, `${++count}.sqlite`);
    // What a killed process leaves is what it has handed to the operating system.
    for (const part of ['', '-wal']) {
      if (existsSync(current.path + part)) copyFileSync(current.path + part, next + part);
    }
    current.life.alive = false;
    ended.push(current);
    current = start();
  };
  const close = async () => {
    current.life.alive = false;
    for (const { meetings, commits } of [...ended, current]) {
      for (const commit of commits) commit();
      await meetings.close();
    }
    rmSync(folder, { recursive: true });
  };
  const invoke = () => ({ meetings: current.meetings, life: current.life });
  return { invoke, crash, countsAtOnce: true, faults: () => [], close };
};
