import { MeetingError } from './MeetingError.ts';
import { QUEUED_CHATS } from './timing.ts';

/** Does one thing after the other, in the order in which they were asked for; of what waits there is a bound. */
export class ChatQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Runs it when all before it have settled. Rejects with `queue_full` where too many wait. */
  run<Result>(send: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= QUEUED_CHATS) {
      const message = `${QUEUED_CHATS} chats wait to be sent. Try again later.`;
      return Promise.reject(new MeetingError('queue_full', message, { retryable: true }));
    }
    this.#waiting++;
    const result = this.#last.then(send).finally(() => {
      this.#waiting--;
    });
    this.#last = result.catch(() => {});
    return result;
  }
}
