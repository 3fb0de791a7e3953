import type { Duplex } from 'node:stream';

/**
 * Holds back what is written to sockets until this turn of the event loop is over, so that the operating system is asked
 * once for each socket, however much it gets.
 */
export class Corks {
  #corked: Duplex[] = [];

  /** Call before writing. */
  cork(stream: Duplex): void {
    if (stream.writableCorked > 0) return;
    stream.cork();
    if (this.#corked.push(stream) === 1) setImmediate(() => this.#uncorkAll());
  }

  #uncorkAll(): void {
    const corked = this.#corked;
    this.#corked = [];
    for (const stream of corked) stream.uncork();
  }
}
