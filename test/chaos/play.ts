import { type Farewell, ResumingClient } from '../harness/ResumingClient.ts';
import type { Random } from '../harness/random.ts';
import type { Frame } from '../harness/TestClient.ts';
import { TestClient } from '../harness/TestClient.ts';
import type { ClientHistory, MeetingHistory } from './check.ts';

/** How large a run is. */
export type Size = {
  readonly clients: number;
  readonly meetings: number;
  readonly durationMs: number;
  /** Of each client, on average. */
  readonly chatEveryMs: number;
  readonly cutEveryMs: number;
};

/** A client with what the judge wants to know of it. */
export type Player = {
  readonly client: ResumingClient;
  readonly meetingId: string;
  readonly userId: string;
  readonly session: string;
  readonly foreign: Frame[];
  /** Whether it goes before the end. */
  readonly plan: 'stays' | Farewell;
  cuts: number;
};

/** Where and by which chance a run is played. */
export type Stage = {
  readonly url: string;
  readonly random: Random;
  /** Called when any client receives an ack, in the same tick. */
  readonly onAck: () => void;
};

/** Of the clients, one in five goes for good before the end, in one way or another. */
const PLANS: readonly Player['plan'][] = [
  ...Array<'stays'>(12).fill('stays'),
  ...(['leave', 'close', 'cut'] as const),
];

/** Lets clients come, talk, lose their connections and come back for so long; resolves when all that go have gone. */
export async function play(size: Size, stage: Stage): Promise<readonly Player[]> {
  const endsAtMs = performance.now() + size.durationMs;
  return Promise.all(
    Array.from({ length: size.clients }, async (_, number) => {
      await pause(stage.random.next() * size.durationMs * 0.2);
      const player = enter(number, size, stage);
      await live(player, { ...size, endsAtMs, random: stage.random });
      return player;
    }),
  );
}

/** Reads a meeting's whole log, and joins it with what its clients saw. */
export async function historyOf(meetingId: string, players: readonly Player[], url: string) {
  const here = players.filter((player) => player.meetingId === meetingId);
  const { epoch, log } = await readLog(meetingId, url);
  const clients = here.map(
    ({ client, userId, session, foreign, plan }): ClientHistory => ({
      ...{ userId, session, foreign, atTheEnd: plan === 'stays' ? 'open' : 'closed' },
      ...{ shown: client.shown, acked: client.acked, welcomes: client.welcomes },
    }),
  );
  return { meetingId, epoch, log, clients } satisfies MeetingHistory;
}

function enter(number: number, { meetings }: Size, { url, random, onAck }: Stage): Player {
  const meetingId = `m${number % meetings}`;
  const inMeeting = Math.floor(number / meetings);
  // The last two of ten are second tabs of the first two.
  const userId = `${meetingId}-u${inMeeting % 10 < 8 ? inMeeting : inMeeting - 8}`;
  const session = `${meetingId}-s${inMeeting}`;
  const foreign: Frame[] = [];
  const client = new ResumingClient({
    url: `${url}?${new URLSearchParams({ meetingId, userId })}`,
    ...{ meetingId, session, random: random.next, longestDelayMs: 1000, silenceMs: 5000 },
    onFrame: (frame) => {
      if (!isOf(meetingId, frame)) foreign.push(frame);
      if (frame.type === 'ack') onAck();
    },
  });
  return { client, meetingId, userId, session, foreign, plan: random.pick(PLANS), cuts: 0 };
}

/** Talks and loses its connection at random times, and goes in the last third if that is its plan. */
async function live(player: Player, life: Size & { readonly endsAtMs: number; readonly random: Random }) {
  const { client, plan, session, meetingId } = player;
  const { random, chatEveryMs, cutEveryMs, durationMs } = life;
  const goesAtMs = plan === 'stays' ? life.endsAtMs : life.endsAtMs - (random.next() * durationMs) / 3;
  const stepMs = 2 / (1 / chatEveryMs + 1 / cutEveryMs);
  for (let chats = 1; performance.now() < goesAtMs; ) {
    await pause(random.next() * stepMs);
    if (random.next() < cutEveryMs / (chatEveryMs + cutEveryMs))
      client.say(`${meetingId} ${session} ${chats++}`);
    else if (client.isJoined) {
      player.cuts++;
      client.cut();
    }
  }
  if (plan !== 'stays') await client.end(plan);
}

/** Whoever sends in a meeting of this run is named after it, and so is every chat. */
function isOf(meetingId: string, { from, type, data }: Frame): boolean {
  const { userId } = (from ?? {}) as { readonly userId?: string };
  if (userId !== undefined && !userId.startsWith(`${meetingId}-`)) return false;
  return type !== 'chat' || String(data).startsWith(`${meetingId} `);
}

async function readLog(meetingId: string, url: string): Promise<{ epoch: string; log: readonly Frame[] }> {
  // A plain client is a member without being announced.
  const observer = await TestClient.connect(`${url}?meetingId=${meetingId}&userId=observer`);
  const log: Frame[] = [];
  let page: Frame;
  do {
    page = await observer.request({ action: 'history', after: log.length });
    log.push(...(page.entries as readonly Frame[]));
  } while (page.more === true);
  await observer.close();
  return { epoch: String(page.epoch), log };
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));
