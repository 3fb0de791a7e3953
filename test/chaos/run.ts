import type { MeetingHistory } from './check.ts';
import { historyOf, type Player, play, type Size, type Stage } from './play.ts';

/** A backend to be troubled: what becomes of it during the run, and how it comes to rest. */
export type TroubledBackend = Pick<Stage, 'url' | 'random' | 'onAck'> & {
  /** What happens to it meanwhile; resolves when it is over and the backend serves. */
  readonly trouble: Promise<void>;
  /** Ends what else goes wrong. */
  calm(): void;
  /** Resolves when a sweep over connections of any age, begun after the call, is over. */
  swept(): Promise<void>;
};

/** What came of a run. */
export type Outcome = { readonly players: readonly Player[]; readonly meetings: readonly MeetingHistory[] };

/** Plays, lets everything come to rest, and reads what there is to judge. */
export async function run(size: Size, backend: TroubledBackend): Promise<Outcome> {
  const players = await play(size, backend);
  await backend.trouble;
  backend.calm();
  const staying = players.filter(({ plan }) => plan === 'stays');
  await Promise.all(staying.map(({ client }) => client.settled()));
  await backend.swept();
  await Promise.all(staying.map(({ client }) => client.settled()));
  const meetingIds = [...new Set(players.map(({ meetingId }) => meetingId))];
  const meetings = await Promise.all(meetingIds.map((id) => historyOf(id, players, backend.url)));
  return { players, meetings };
}

/** What the run was made of, in words. */
export function figuresOf({ players, meetings }: Outcome, { durationMs }: Size, kills: number): string {
  const sum = (of: (player: Player) => number) => players.reduce((total, player) => total + of(player), 0);
  const counted = (name: keyof Player['client']['counts']) => sum(({ client }) => client.counts[name]);
  const welcomes = players.flatMap(({ client }) => client.welcomes);
  const resumed = welcomes.filter(({ since }) => since !== undefined);
  const recovered = resumed.filter(({ welcome }) => welcome.log.recovered);
  const lines = meetings.flatMap(({ log }) => log);
  const linesOf = (type: string) => lines.filter((line) => line.type === type).length;
  return [
    `chaos: ${players.length} clients in ${meetings.length} meetings for ${durationMs / 1000} s`,
    `chats: ${counted('sent')} said, ${sum((player) => player.client.acked.length)} acked, ${linesOf('chat')} logged`,
    `log: ${lines.length} lines, ${linesOf('void')} of them void`,
    `shown: ${sum((player) => player.client.shown.length)} lines, after ${counted('duplicates')} duplicates were dropped`,
    `healed: ${counted('repeated')} chats sent again after coming back, history asked ${counted('histories')} times`,
    `trouble: ${sum(({ cuts }) => cuts)} cuts, ${kills} kills, ${counted('connects')} attempts to connect`,
    `welcomes: ${welcomes.length} checked, ${recovered.length} of ${resumed.length} resumptions recovered`,
  ].join('\n  ');
}
