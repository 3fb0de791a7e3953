import { expect, onTestFinished } from 'vitest';
import type {
  Announcement,
  Audience,
  Connection,
  Meetings,
  MembershipLimits,
} from '../../../src/meeting/ports.ts';
import type { Joining } from '../../../src/meeting/user.ts';
import type { MessageFrame } from '../../../src/protocol/frames.ts';
import type { MeetingId, UserId } from '../../../src/protocol/ids.ts';
import type { EventFrame } from '../../../src/protocol/participants.ts';
import { aConnection } from '../../harness/connections.ts';

/** How long the logs of the contract are kept. */
export const HISTORY_TTL_SECONDS = 7 * 86_400;

/** Meetings under test. */
type Created = {
  readonly meetings: Meetings;
  /** Puts connections that have joined there by the shortest way, announcing nobody. */
  readonly populate: (connections: readonly Connection[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Makes meetings that nobody is in, by a clock of epoch milliseconds. */
export type CreateMeetings = (options: {
  readonly now: () => number;
  readonly historyTtlSeconds: number;
}) => Promise<Created>;

/** Starts meetings for one test, with a clock that stands still until it is moved. */
export type Start = () => Promise<Omit<Created, 'close'> & { readonly advance: (ms: number) => void }>;

/** Starts what a test needs, and ends it with the test. */
export const starting =
  (create: CreateMeetings): Start =>
  async () => {
    let nowMs = alice.connectedAtMs + 1000;
    const { meetings, populate, close } = await create({
      now: () => nowMs,
      historyTtlSeconds: HISTORY_TTL_SECONDS,
    });
    onTestFinished(close);
    const advance = (ms: number) => {
      nowMs += ms;
    };
    return { meetings, populate, advance };
  };

/** Starts meetings with some connections. */
export async function withMembers(start: Start, ...members: readonly Connection[]) {
  const started = await start();
  for (const member of members) await started.meetings.connect(member, roomy);
  return started;
}

/** Limits that no test meets by chance. */
export const roomy: MembershipLimits = { connectionsPerMeeting: 100, connectionsPerUser: 5 };

export const alice = aConnection({ connectionId: 'alice-1' });
export const alice2 = aConnection({ connectionId: 'alice-2', connectedAtMs: alice.connectedAtMs + 1 });
export const alice3 = aConnection({ connectionId: 'alice-3', connectedAtMs: alice.connectedAtMs + 2 });
export const bob = aConnection({ connectionId: 'bob-1', userId: 'bob', userName: 'Bob' });
export const mallory = aConnection({ connectionId: 'mallory-1', userId: 'mallory', meetingId: 'elsewhere' });

export const { meetingId } = alice;
export const everyone = { kind: 'meeting', meetingId } as const;
export const elsewhere = { kind: 'meeting', meetingId: mallory.meetingId } as const;
export const userAudience = (userId: string): Audience => ({
  kind: 'user',
  meetingId,
  userId: userId as UserId,
});
export const audienceOf = ({ connectionId }: Connection): Audience => ({
  kind: 'connection',
  meetingId,
  connectionId,
});

/** The connectionIds that an audience reaches, sorted. */
export async function idsOf(meetings: Meetings, audience: Audience): Promise<readonly string[]> {
  return (await meetings.recipients(audience)).map(({ connectionId }) => connectionId as string).sort();
}

/** What a join brings, but for what a test is about. */
export const joining = (
  given: Partial<Joining & { limits: MembershipLimits }> = {},
): Joining & { limits: MembershipLimits } => ({
  session: undefined,
  attributes: undefined,
  replaces: undefined,
  limits: roomy,
  ...given,
});

/** Connects and joins. */
export async function enter(meetings: Meetings, ...connections: readonly Connection[]): Promise<void> {
  for (const connection of connections) {
    await meetings.connect(connection, roomy);
    await meetings.join(connection, joining());
  }
}

/** A chat as `relay` makes it. */
export const chat = ({ connectionId, userId, userName }: Connection, data: unknown): MessageFrame => ({
  type: 'chat',
  from: { connectionId, userId, userName },
  data,
  timestamp: '2026-11-22T08:04:01.000Z',
  messageId: 'message-1',
});

/** A line of the log as its readers see it. */
export type Line = (EventFrame | MessageFrame) & { readonly seq: number };

/** A line's or an announcement's text, parsed. */
export const parsed = ({ text }: { readonly text: string }): Line => JSON.parse(text) as Line;

/** Parses an announcement that must be there. */
export function told(announcement: Announcement | undefined): Line {
  if (!announcement) throw new Error('nothing was announced');
  return parsed(announcement);
}

/** The whole log page by page, which has to be without a hole and end at the head. Voids are left out. */
export async function wholeLog(meetings: Meetings, meeting: MeetingId = meetingId): Promise<readonly Line[]> {
  const { seq } = await meetings.head(meeting);
  const lines: Line[] = [];
  for (let more = true; more; ) {
    const page = await meetings.entries({ meetingId: meeting, after: lines.length, limit: 50, through: seq });
    lines.push(...page.entries.map(parsed));
    more = page.more;
  }
  expect(lines.map((line) => line.seq)).toEqual(Array.from({ length: seq }, (_, n) => n + 1));
  return lines.filter(({ type }) => (type as string) !== 'void');
}

/** The joins and leaves of a log up to a line, as `alice+` and `alice-`. */
export const comings = (log: readonly Line[], through = Number.POSITIVE_INFINITY): readonly string[] =>
  log.flatMap((line) => {
    if (!('origin' in line) || line.seq > through) return [];
    return `${line.data.userId}${line.data.eventType === 'user-joined' ? '+' : '-'}`;
  });

/** Who is there according to joins and leaves, which have to alternate. Sorted. */
export function presentAfter(marks: readonly string[]): readonly string[] {
  const present = new Set<string>();
  for (const mark of marks) {
    const userId = mark.slice(0, -1);
    expect(present.has(userId), `${userId} before ${mark}`).toBe(mark.endsWith('-'));
    if (mark.endsWith('+')) present.add(userId);
    else present.delete(userId);
  }
  return [...present].sort();
}
