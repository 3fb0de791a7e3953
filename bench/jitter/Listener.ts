import { ResumingClient } from '../../test/harness/ResumingClient.ts';
import type { Frame } from '../../test/harness/TestClient.ts';

/** Who and where a listener is. */
export type ListenerOptions = { readonly url: string; readonly meetingId: string; readonly userId: string };

/** A client that only listens and loses its connection now and then, with what is measured of it. */
export class Listener {
  readonly client: ResumingClient;
  /** Milliseconds from the first attempt to connect after each loss until all was shown that was logged by then. */
  readonly replaysMs: number[] = [];
  losses = 0;
  #cameBackAtMs: number | undefined;
  #replayTo: number | undefined;

  constructor({ url, meetingId, userId }: ListenerOptions) {
    this.client = new ResumingClient({
      url: `${url}?${new URLSearchParams({ meetingId, userId })}`,
      ...{ meetingId, session: userId, random: Math.random },
      onConnect: () => {
        this.#cameBackAtMs ??= performance.now();
      },
      onFrame: (frame) => this.#onFrame(frame),
      keeps: (line) => {
        this.#caughtUp(Number(line.seq));
        return line.type === 'chat';
      },
    });
  }

  /** Loses its TCP connection, and is offline for so long. */
  lose(offlineMs: number): void {
    if (!this.client.isJoined) return;
    this.losses++;
    this.#cameBackAtMs = undefined;
    this.#replayTo = undefined;
    this.client.cut(offlineMs);
  }

  #onFrame({ type, log }: Frame): void {
    if (type !== 'welcome') return;
    this.#replayTo = (log as { readonly seq: number }).seq;
    this.#caughtUp(this.client.lastSeq);
  }

  #caughtUp(seq: number): void {
    if (this.#replayTo === undefined || this.#cameBackAtMs === undefined || seq < this.#replayTo) return;
    if (this.losses > 0) this.replaysMs.push(performance.now() - this.#cameBackAtMs);
    this.#replayTo = undefined;
  }
}
