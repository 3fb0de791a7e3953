import type { Random } from '../harness/random.ts';

/** One run of a program, or of one invocation of a function, which may end at any of its turns. */
export class Life {
  alive = true;
  /** How likely its turn comes, against others: some are slow. */
  readonly pace: number;

  constructor(pace: number) {
    this.pace = pace;
  }
}

type Waiting = { readonly life: Life; readonly go: () => void };

/**
 * Decides who goes on next, by chance and nothing else: whoever does something that takes time waits for its turn. A
 * step lets one of them go on, until all wait again. The dead wait for ever.
 */
export class Scheduler {
  readonly #random: Random;
  #waiting: Waiting[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Resolves when it is this life's turn. */
  turn(life: Life): Promise<void> {
    return new Promise((go) => this.#waiting.push({ life, go }));
  }

  /** Lets one go on; false when nobody waits. */
  async step(): Promise<boolean> {
    this.#waiting = this.#waiting.filter(({ life }) => life.alive);
    const next = this.#pick();
    if (!next) return false;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
    next.go();
    await quiet();
    return true;
  }

  /** Lets everybody go on until nobody waits. Throws when that doesn't come to an end. */
  async settle(): Promise<void> {
    await quiet();
    for (let steps = 0; await this.step(); steps++) {
      if (steps > 20_000) throw new Error('it goes on and on');
    }
  }

  #pick(): Waiting | undefined {
    const total = this.#waiting.reduce((sum, { life }) => sum + life.pace, 0);
    let rest = this.#random.next() * total;
    for (const waiting of this.#waiting) {
      rest -= waiting.life.pace;
      if (rest < 0) return waiting;
    }
    return this.#waiting.at(-1);
  }
}

/** All that can be done without another turn is done when the next tick begins. */
const quiet = () => new Promise(setImmediate);
