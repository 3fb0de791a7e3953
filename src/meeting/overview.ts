import type { MeetingId } from '../protocol/ids.ts';
import type { Meetings } from './ports.ts';

/** One meeting as whoever runs the backend sees it. */
export type MeetingOverview = {
  readonly meetingId: MeetingId;
  /** Who has joined: people, not connections. */
  readonly people: number;
  /** Members: those of the people, and plain clients that never joined. */
  readonly connections: number;
  readonly locked: boolean;
  /** The last number of its log. */
  readonly seq: number;
};

/** What an overview is read from, and who is told how far it is. */
export type OverviewPorts = {
  readonly meetings: Pick<Meetings, 'connectedBefore' | 'recipients' | 'roster'>;
  readonly now: () => number;
  readonly onProgress?: (done: number, total: number) => void;
};

/** Meetings read at once: a large deployment has thousands, and each takes a few reads. */
const AT_ONCE = 8;
/** Clocks differ: a connection that is a little in the future counts. */
const AHEAD_MS = 86_400_000;

/**
 * All meetings where anybody is connected, by meetingId upwards, each as of a moment of its own. Reads everything that
 * is known of connections: nothing that a message waits for may call it.
 */
export async function overview({
  meetings,
  now,
  onProgress = () => {},
}: OverviewPorts): Promise<MeetingOverview[]> {
  const ids = new Set<MeetingId>();
  for await (const connections of meetings.connectedBefore(now() + AHEAD_MS)) {
    for (const { meetingId } of connections) ids.add(meetingId);
  }
  const waiting = [...ids];
  const found: MeetingOverview[] = [];
  let done = 0;
  const worker = async () => {
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const seen = await overviewOf(id, meetings);
      if (seen.connections > 0) found.push(seen);
      onProgress(++done, ids.size);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found.sort((a, b) => (a.meetingId < b.meetingId ? -1 : 1));
}

async function overviewOf(
  meetingId: MeetingId,
  meetings: Pick<Meetings, 'recipients' | 'roster'>,
): Promise<MeetingOverview> {
  const [members, { participants, locked, seq }] = await Promise.all([
    meetings.recipients({ kind: 'meeting', meetingId }),
    meetings.roster(meetingId),
  ]);
  return { meetingId, people: participants.length, connections: members.length, locked, seq };
}
