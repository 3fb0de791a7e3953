import { setTimeout as pause } from 'node:timers/promises';
import { cloudMeetX } from './contestants.ts';
import type { Generator, IdleConnections } from './generator/startGenerator.ts';
import type { Plan } from './plan.ts';
import { openFilesLimitOf, residentBytesOf } from './processor.ts';

/** How many connections one process of CloudMeetX has held at once. */
export type Held = {
  readonly connections: number;
  readonly residentBytes: number | undefined;
  /** Undefined where the system doesn't tell. */
  readonly openFilesLimit: number | undefined;
};

const MEETING_SIZE = 100;
/** Of one process of the generator. */
const CONNECTIONS_A_PROCESS = 10_000;
/** What a server has open besides: its database, and what Node has. */
const OTHER_FILES = 60;

/** Opens as many connections as the plan says, or as there may be open files. Throws if the server doesn't hold them. */
export async function measureHeld(
  { heldConnections, settlingMs }: Plan,
  generator: Generator,
): Promise<Held> {
  const running = await cloudMeetX.start();
  const { url, pid } = running;
  const openFilesLimit = openFilesLimitOf(pid);
  const most = Math.min(heldConnections, (openFilesLimit ?? Number.POSITIVE_INFINITY) - OTHER_FILES);
  const processes: IdleConnections[] = [];
  try {
    let connections = 0;
    while (connections < most) {
      const one = generator.idle({ url, protocol: 'websocket', meetingSize: MEETING_SIZE });
      processes.push(one);
      connections += await one.open(Math.min(CONNECTIONS_A_PROCESS, most - connections));
    }
    running.collectGarbage();
    await pause(settlingMs);
    const counts = await Promise.all(processes.map((one) => one.open(0)));
    const held = counts.reduce((sum, count) => sum + count, 0);
    if (held !== most) throw new Error(`CloudMeetX holds ${held} connections of ${most}`);
    return { connections: held, residentBytes: residentBytesOf(pid), openFilesLimit };
  } finally {
    for (const one of processes) await one.close();
    await running.stop();
  }
}
