import type { Person } from './textCase.ts';

/** A case in its place of the run. */
export type Numbered = { readonly number: number; readonly kind: string };

/** One run of the fuzzer: where to, by which chance, and how far it has come. */
export class Run {
  readonly url: string;
  readonly seed: number;
  /** The pair and its meeting, which every kind of case aims at. */
  readonly pair: { readonly meetingId: string; readonly people: readonly Person[] };
  readonly #inFlight = new Set<Numbered>();
  #passed = 0;

  constructor({ url, seed, pair }: Pick<Run, 'url' | 'seed' | 'pair'>) {
    this.url = url;
    this.seed = seed;
    this.pair = pair;
  }

  /** How many cases were answered as specified. */
  get passed(): number {
    return this.#passed;
  }

  /** The cases that wait for their answer. Should the server end, one of them has ended it. */
  get inFlight(): string {
    return [...this.#inFlight].map(({ number, kind }) => `${number} (${kind})`).join(', ');
  }

  /** Notes that a case is being sent. */
  sending(one: Numbered): void {
    this.#inFlight.add(one);
  }

  /** Counts a case that was answered as specified. */
  pass(one: Numbered): void {
    this.#inFlight.delete(one);
    this.#passed++;
  }

  /** Says everything that is needed to repeat a case. */
  failure({ number, kind }: Numbered, { sent, expected, actual }: Findings): Error {
    const bytes = sent instanceof Buffer ? sent.length : Buffer.byteLength(JSON.stringify(sent));
    return new Error(
      `Case ${number} (${kind})\n` +
        `  sent      ${sent instanceof Buffer ? sent.toString('hex', 0, 300) : shown(sent)} (${bytes} bytes)\n` +
        `  expected  ${shown(expected)}\n` +
        `  actual    ${shown(actual)}`,
    );
  }
}

/** What was sent, what had to come back, and what did. */
export type Findings = { readonly sent: unknown; readonly expected: unknown; readonly actual: unknown };

const SHOWN_CHARACTERS = 600;

/** A value as JSON, on one line, and not too long. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'undefined';
  return json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}…` : json;
}

/** How long an answer may take on a busy machine. Whoever has waited so long would wait for ever. */
const PATIENCE_MS = 15_000;

/** The value of a promise that may not keep us waiting. */
export async function inTime<Value>(promise: Promise<Value>, late: () => Error): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), PATIENCE_MS);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Plays all of these, so many at once. */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  play: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of waiting) await play(item);
    }),
  );
}
