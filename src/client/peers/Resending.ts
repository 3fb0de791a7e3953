import type { Cancel, Clock } from '../clock.ts';
import type { Delivery } from '../events.ts';
import { MeetingError } from '../MeetingError.ts';
import { RESEND_MS, RESENDS } from './timing.ts';

/** How one signal is sent, and until when it is worth it. */
export type Sending = {
  /** Looks the other's session up anew each time. */
  readonly send: () => Promise<Delivery>;
  readonly isWorthIt: () => boolean;
  readonly onError: (error: unknown) => void;
};

/**
 * Sends signals that matter: one that found nobody goes out again after a while, since whoever is coming back has another
 * connection a moment later.
 */
export class Resending {
  readonly #clock: Clock;
  readonly #waiting = new Set<Cancel>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends one. What becomes of it in the end is told to `onError` alone. */
  send(sending: Sending): void {
    void this.#attempt(sending, 0);
  }

  close(): void {
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }

  async #attempt(sending: Sending, resends: number): Promise<void> {
    if (!sending.isWorthIt()) return;
    try {
      const { sent, failed } = await sending.send();
      // What failed may have arrived all the same; taking a description or a candidate twice changes nothing.
      if (sent === 0 || failed) this.#again(sending, resends);
    } catch (error) {
      if (error instanceof MeetingError && mayHelp(error)) this.#again(sending, resends);
      else if (sending.isWorthIt()) sending.onError(error);
    }
  }

  #again(sending: Sending, resends: number): void {
    if (resends >= RESENDS) return;
    const cancel = this.#clock.after(RESEND_MS * 2 ** resends, () => {
      this.#waiting.delete(cancel);
      void this.#attempt(sending, resends + 1);
    });
    this.#waiting.add(cancel);
  }
}

/** Whether the same may succeed a moment later. */
const mayHelp = ({ code, retryable }: MeetingError): boolean => code === 'target_not_found' || retryable;
