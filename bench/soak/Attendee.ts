import { ResumingClient } from '../../test/harness/ResumingClient.ts';
import type { Random } from '../../test/harness/random.ts';
import { Tally } from './Tally.ts';

/** What a message says: who said it, as which of theirs, and when, by the generator's clock in milliseconds. */
type Line = {
  readonly from: number;
  readonly number: number;
  readonly atMs: number;
  readonly padding: string;
};

/** Who an attendee is, and what is noted of what reaches it. */
export type AttendeeOptions = {
  readonly url: string;
  readonly meetingId: string;
  /** Unlike any other attendee's. */
  readonly number: number;
  readonly random: Random;
  readonly dataBytes: number;
  readonly nowMs: () => number;
  /** Told of lines of others, as they are shown. */
  readonly onLine: (latencyMs: number) => void;
};

/** A person in a meeting: speaks, listens, loses the connection and comes back. */
export class Attendee {
  readonly client: ResumingClient;
  /** All that was shown. */
  readonly shown = new Tally();
  losses = 0;
  readonly #options: AttendeeOptions;
  #said = 0;

  constructor(options: AttendeeOptions) {
    const { url, meetingId, number, random } = options;
    this.#options = options;
    const userId = `user-${number}`;
    this.client = new ResumingClient({
      url: `${url}?${new URLSearchParams({ meetingId, userId })}`,
      ...{ meetingId, session: userId, random: random.next },
      keeps: (line) => {
        if (line.type === 'chat') this.#onChat(line.data as Line);
        return false;
      },
    });
  }

  say(): void {
    const { number: from, dataBytes, nowMs } = this.#options;
    const line: Line = { from, number: ++this.#said, atMs: nowMs(), padding: 'x'.repeat(dataBytes) };
    this.client.say(line);
  }

  /** Loses its TCP connection, and is offline for so long. */
  lose(offlineMs: number): void {
    this.losses += 1;
    this.client.cut(offlineMs);
  }

  /** What the server has promised to keep since this was asked for last. */
  takeAcked(): readonly [from: number, number: number][] {
    return this.client.acked.splice(0).map(({ data }) => {
      const { from, number } = data as Line;
      return [from, number];
    });
  }

  #onChat({ from, number, atMs }: Line): void {
    this.shown.add(from, number);
    if (from !== this.#options.number) this.#options.onLine(this.#options.nowMs() - atMs);
  }
}
