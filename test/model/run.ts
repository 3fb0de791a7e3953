import { createHash } from 'node:crypto';
import type { Meetings } from '../../src/meeting/ports.ts';
import { happen } from './actions.ts';
import { checkLog, type Ending } from './check.ts';
import { checkMembers } from './checkMembers.ts';
import { sweeping } from './invocations.ts';
import type { CreateStore } from './stores.ts';
import { meetingId, World } from './World.ts';

/** What one run came to. */
export type Run = {
  readonly seed: number;
  readonly operations: number;
  /** What is wrong, in words. */
  readonly faults: readonly string[];
  /** All that happened, for a reader. */
  readonly history: string;
};

const OPERATIONS = 24;
const MOST_AT_ONCE = 4;

/** Lets chance have its way with a store, and checks what came of it. The same seed does the same again. */
export async function run(seed: number, createStore: CreateStore, operations = OPERATIONS): Promise<Run> {
  const digest = crypto.subtle.digest;
  // The real one takes threads, and so a time that no seed repeats.
  crypto.subtle.digest = async (_, data) =>
    new Uint8Array(
      createHash('sha256')
        .update(Buffer.from(data as Uint8Array))
        .digest(),
    ).buffer;
  const world = new World(seed, createStore);
  try {
    const faults = await runIn(world, operations);
    return { seed, operations, faults, history: world.history.toString() };
  } catch (error) {
    return { seed, operations, faults: [String((error as Error).stack)], history: world.history.toString() };
  } finally {
    crypto.subtle.digest = digest;
    await world.store.close();
  }
}

/** The shortest beginning of a run that goes wrong. */
export async function shrink({ seed, operations }: Run, createStore: CreateStore): Promise<Run> {
  for (let fewer = 1; fewer < operations; fewer++) {
    const shorter = await run(seed, createStore, fewer);
    if (shorter.faults.length > 0) return shorter;
  }
  return run(seed, createStore, operations);
}

async function runIn(world: World, operations: number): Promise<readonly string[]> {
  for (let begun = 0; begun < operations; ) {
    if (world.running < MOST_AT_ONCE && world.random.next() < 0.25) {
      begun++;
      await happen(world);
      if (world.random.next() < 0.5) world.pass(world.random.below(3));
    } else if (!(await world.scheduler.step())) {
      begun++;
      await happen(world);
    }
  }
  world.troubled = false;
  await world.scheduler.settle();
  const swept = await sweptEnding(world);
  const faults = [...checkAll(world, swept), ...closedMembers(world, swept)];
  for (const socket of world.sockets) socket.state = 'closed';
  return [...faults, ...checkEmpty(world, await sweptEnding(world))];
}

function checkAll(world: World, ending: Ending): readonly string[] {
  return [
    ...checkLog(world.history, ending),
    ...checkMembers(world.history, world.limits, ending, world.store.countsAtOnce),
    ...world.store.faults(),
  ];
}

/** After a sweep nobody is a member whose socket isn't open. */
function closedMembers({ sockets }: World, { members }: Ending): readonly string[] {
  const open = sockets
    .filter(({ state }) => state === 'open')
    .map(({ connection }) => connection.connectionId);
  return members
    .filter(({ connectionId }) => !open.includes(connectionId))
    .map(({ connectionId }) => `${connectionId} is closed and a member after the sweep`);
}

function checkEmpty(world: World, ending: Ending): readonly string[] {
  const { members, roster } = ending;
  const left = members.map(({ connectionId }) => `${connectionId} is a ghost`);
  const shown = roster.participants.map(({ userId }) => `${userId} is shown after everybody went`);
  return [...left, ...shown, ...checkAll(world, ending)];
}

/** Nobody is being served any more; what has ended is swept; nothing is to be written. */
async function sweptEnding(world: World): Promise<Ending> {
  world.pass(11 * 60_000);
  await world.finish('last sweep', sweeping);
  let ending: Ending | undefined;
  await world.finish('ending', async ({ backend: { meetings } }) => {
    ending = await endingOf(meetings);
  });
  if (!ending) throw new Error('how it ended could not be read');
  return ending;
}

async function endingOf(meetings: Meetings): Promise<Ending> {
  const roster = await meetings.roster(meetingId);
  const { seq: head } = await meetings.head(meetingId);
  const log = [];
  for (let more = true; more; ) {
    const page = await meetings.entries({ meetingId, after: log.length, limit: 50 });
    log.push(...page.entries);
    more = page.more;
  }
  const members = await meetings.recipients({ kind: 'meeting', meetingId });
  return { log, head, roster, members };
}
