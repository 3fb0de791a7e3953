/** Numbered things that come in any order: each is shown once, when all before it have been. */
export class Sequence<Item> {
  readonly #show: (item: Item) => void;
  readonly #ahead = new Map<number, Item>();
  #last = 0;

  constructor(show: (item: Item) => void) {
    this.#show = show;
  }

  /** Up to where all have been shown, or passed over. */
  get last(): number {
    return this.#last;
  }

  /** The numbers that have come and wait for one before them. */
  get waiting(): readonly number[] {
    return [...this.#ahead.keys()];
  }

  /** Takes one, to be shown by {@link showNext}; what has come before is dropped. */
  keep(number: number, item: Item): void {
    if (number > this.#last && !this.#ahead.has(number)) this.#ahead.set(number, item);
  }

  /** Shows those whose turn has come. */
  showNext(): void {
    for (;;) {
      const item = this.#ahead.get(this.#last + 1);
      if (item === undefined) return;
      this.#ahead.delete(++this.#last);
      this.#show(item);
    }
  }

  /** Passes over what is missing up to here, drops what came of it, and goes on. */
  skipTo(number: number): void {
    this.#last = Math.max(this.#last, number);
    for (const ahead of this.waiting) if (ahead <= this.#last) this.#ahead.delete(ahead);
    this.showNext();
  }
}
