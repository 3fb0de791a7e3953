import { setTimeout as pause } from 'node:timers/promises';
import { type Contestant, firehose } from './contestants.ts';
import type { LoadResult } from './generator/job.ts';
import type { Generator } from './generator/startGenerator.ts';
import type { Plan } from './plan.ts';
import { residentBytesOf } from './processor.ts';

/** A contestant without load. */
export type Resting = {
  readonly name: string;
  readonly startsMs: readonly number[];
  /** Resident memory that each idle connection adds; undefined where the system doesn't tell. */
  readonly bytesPerConnection: number | undefined;
  readonly idleConnections: number;
};

/** These stay open, so that what the first connections bring along, once and for all, isn't counted. */
const FIRST_CONNECTIONS = 500;
const MEETING_SIZE = 100;

/** How soon contestants listen, by turns, and then the memory of their idle connections. */
export async function measureResting(
  plan: Plan,
  generator: Generator,
  contestants: readonly Contestant[],
): Promise<readonly Resting[]> {
  const startsMs = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < plan.starts; round++) {
    for (const contestant of contestants) {
      const running = await contestant.start();
      startsMs.get(contestant.name)?.push(running.startedInMs);
      await running.stop();
    }
  }
  const resting: Resting[] = [];
  for (const contestant of contestants) {
    const bytesPerConnection = await memoryOf(contestant, generator, plan);
    const { name } = contestant;
    resting.push({
      name,
      startsMs: startsMs.get(name) ?? [],
      bytesPerConnection,
      idleConnections: plan.idleConnections,
    });
  }
  return resting;
}

async function memoryOf(
  contestant: Contestant,
  generator: Generator,
  { idleConnections: more, settlingMs }: Plan,
): Promise<number | undefined> {
  const running = await contestant.start();
  const connections = generator.idle({
    ...{ url: running.url, protocol: contestant.protocol, meetingSize: MEETING_SIZE },
  });
  const settledBytes = async () => {
    for (let times = 0; times < 2; times++) {
      running.collectGarbage();
      await pause(settlingMs);
    }
    return residentBytesOf(running.pid);
  };
  try {
    await connections.open(FIRST_CONNECTIONS);
    const before = await settledBytes();
    const open = await connections.open(more);
    if (open !== FIRST_CONNECTIONS + more)
      throw new Error(`${contestant.name} holds ${open} connections only`);
    const after = await settledBytes();
    return before === undefined || after === undefined ? undefined : (after - before) / more;
  } finally {
    await connections.close();
    await running.stop();
  }
}

/** What the generator itself can take. */
export type Ceiling = { readonly framesPerWrite: number; readonly result: LoadResult };

/** The generator against a server that does nothing but write. */
export async function measureCeiling(generator: Generator, measureMs: number): Promise<readonly Ceiling[]> {
  const ceilings: Ceiling[] = [];
  for (const framesPerWrite of [1, 16]) {
    const running = await firehose(framesPerWrite).start();
    try {
      const result = await generator.load({
        ...{ url: running.url, protocol: 'websocket', serverPid: running.pid, meetings: 1, recipients: 100 },
        ...{
          target: 'meeting',
          inFlight: 1,
          messageType: 'message',
          dataBytes: 200,
          warmUpMs: 500,
          measureMs,
        },
      });
      ceilings.push({ framesPerWrite, result });
    } finally {
      await running.stop();
    }
  }
  return ceilings;
}
