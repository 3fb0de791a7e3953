import type { Frame } from './TestClient.ts';

/** Shows the lines of a log in their order, each once, however they come: a line waits for all that are before it. */
export class LineOrder {
  readonly #show: (line: Frame) => void;
  readonly #ahead = new Map<number, Frame>();
  #last: number | undefined;

  constructor(show: (line: Frame) => void) {
    this.#show = show;
  }

  /** Up to where everything has been shown; undefined until it is known where to start. */
  get last(): number | undefined {
    return this.#last;
  }

  /** Whether lines wait for others. */
  get hasHole(): boolean {
    return this.#last !== undefined && this.#ahead.size > 0;
  }

  /** Nothing up to this `seq` is missing any more: it is older than what is to be shown, or can't be had. */
  skipTo(seq: number): void {
    if (this.#last !== undefined && seq <= this.#last) return;
    this.#last = seq;
    for (const ahead of this.#ahead.keys()) if (ahead <= seq) this.#ahead.delete(ahead);
    this.#showNext();
  }

  /** Takes a line; whether it was new. */
  take(seq: number, line: Frame): 'new' | 'known' {
    if ((this.#last !== undefined && seq <= this.#last) || this.#ahead.has(seq)) return 'known';
    this.#ahead.set(seq, line);
    this.#showNext();
    return 'new';
  }

  #showNext(): void {
    while (this.#last !== undefined) {
      const line = this.#ahead.get(this.#last + 1);
      if (!line) return;
      this.#ahead.delete(++this.#last);
      if (line.type !== 'void') this.#show(line);
    }
  }
}
