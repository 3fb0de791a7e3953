import type { IceServer, LoggedFrame, WelcomeFrame } from '../protocol/frames.ts';
import type { UserId } from '../protocol/ids.ts';
import type { JoinRequest } from '../protocol/join.ts';
import { protocolLimits } from '../protocol/limits.ts';
import type { Participant } from '../protocol/participants.ts';
import { authorOf } from './announcement.ts';
import type { Connection, Entry, Meetings, Roster } from './ports.ts';

/** What a welcome needs from outside. */
export type WelcomePorts = {
  readonly meetings: Meetings;
  readonly limits: Readonly<Record<string, number>>;
  /** The STUN and TURN servers that a user may use from now on. */
  readonly iceServers: (userId: UserId, nowMs: number) => Promise<readonly IceServer[]>;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** What a connection that has joined is told: who is there, and what it missed since it was last there. */
export async function welcome(
  connection: Connection,
  { requestId, since }: JoinRequest,
  { meetings, limits, iceServers, now }: WelcomePorts,
): Promise<WelcomeFrame> {
  const roster = await meetings.roster(connection.meetingId);
  const log = await missed(roster, since, { meetings, connection });
  const { taken } = takeParticipants(roster.participants, { limit: protocolLimits.participantsPerPage });
  const { joinedAtMs = now() } = connection;
  return {
    type: 'welcome',
    requestId,
    meetingId: connection.meetingId,
    self: {
      ...authorOf(connection),
      role: connection.role ?? 'participant',
      joinedAt: new Date(joinedAtMs).toISOString(),
    },
    participants: taken,
    participantCount: roster.participants.length,
    locked: roster.locked,
    log,
    iceServers: await iceServers(connection.userId, now()),
    limits,
    serverTime: new Date(now()).toISOString(),
  };
}

/** The lines of a log as frames again. */
export const framesOf = (entries: readonly Entry[]): readonly LoggedFrame[] =>
  entries.map(({ text }) => JSON.parse(text) as LoggedFrame);

/** As many participants as one frame may carry, from after a user on; always one, if there is one. */
export function takeParticipants(
  participants: readonly Participant[],
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): { readonly taken: readonly Participant[]; readonly more: boolean } {
  const rest = after === undefined ? participants : participants.filter(({ userId }) => userId > after);
  const taken: Participant[] = [];
  let bytes = 0;
  for (const participant of rest.slice(0, limit)) {
    bytes += Buffer.byteLength(JSON.stringify(participant)) + 1;
    if (bytes > protocolLimits.rosterBytes && taken.length > 0) break;
    taken.push(participant);
  }
  return { taken, more: taken.length < rest.length };
}

async function missed(
  { epoch, seq }: Roster,
  since: JoinRequest['since'],
  { meetings, connection }: { readonly meetings: Meetings; readonly connection: Connection },
): Promise<WelcomeFrame['log']> {
  const nothing = { epoch, seq, entries: [], more: false, recovered: false };
  if (since === undefined || since.epoch !== epoch || since.seq > seq) return nothing;
  const { meetingId } = connection;
  const limit = protocolLimits.entriesPerPage;
  const page = await meetings.entries({ meetingId, after: since.seq, through: seq, limit });
  if (!page.unbroken) return nothing;
  return { epoch, seq, entries: framesOf(page.entries), more: page.more, recovered: true };
}
