import { queueFull } from './MeetingError.ts';
import { QUEUED } from './timing.ts';

/** Does one thing after the other, in the order in which they were asked for; of what waits there is a bound. */
export class ChatQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Runs it when all before it have settled. Rejects with `queue_full` where too many wait. */
  run<Result>(send: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= QUEUED) return Promise.reject(queueFull());
    this.#waiting++;
    const result = this.#last.then(send).finally(() => {
      this.#waiting--;
    });
    this.#last = result.catch(() => {});
    return result;
  }
}
