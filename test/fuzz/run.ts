import type { Person } from './textCase.ts';

/** One run of the fuzzer. */
export type Run = {
  readonly url: string;
  readonly seed: number;
  /** The pair and its meeting, which every kind of case aims at. */
  readonly pair: { readonly meetingId: string; readonly people: readonly Person[] };
  /** Called once for each case that was answered as specified. */
  readonly passed: () => void;
};

/** A case in its place of the run. */
export type Numbered = { readonly number: number; readonly kind: string };

/** What was sent, what had to come back, and what did. */
export type Findings = {
  readonly sent: string | Buffer;
  readonly expected: unknown;
  readonly actual: unknown;
};

/** Says everything that is needed to repeat a case. */
export function failure({ seed }: Run, { number, kind }: Numbered, findings: Findings): Error {
  const { sent, expected, actual } = findings;
  return new Error(
    `Seed ${seed}, case ${number} (${kind}); SEED=${seed} npx vitest run test/fuzz repeats it.\n` +
      `  sent      ${Buffer.byteLength(sent)} bytes: ${shown(sent)}\n` +
      `  expected  ${shown(JSON.stringify(expected))}\n` +
      `  actual    ${shown(typeof actual === 'string' ? actual : JSON.stringify(actual))}`,
  );
}

const SHOWN_CHARACTERS = 600;

function shown(sent: string | Buffer): string {
  const text = typeof sent === 'string' ? sent : sent.toString('hex');
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
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
