import { readFileSync } from 'node:fs';

/** What people in a meeting do that costs something. */
export type Operation = 'connect' | 'join' | 'chat' | 'signal' | 'update' | 'leave' | 'disconnect';

/** What one of them takes of DynamoDB, and how many posts it makes. */
export type OperationCounts = StoreCounts & { readonly posts: number };

/** Calls of DynamoDB, and the request units they take. */
export type StoreCounts = {
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
};

/** What was counted, and when. */
export type Counts = {
  readonly countedOn: string;
  /** By how many people are in the meeting. */
  readonly bySize: Readonly<Record<string, Readonly<Record<Operation, OperationCounts>>>>;
  /** What holding one more request to its rate takes, of who asks once in ten seconds, and of who asks ten times a second. */
  readonly rate: { readonly nowAndThen: StoreCounts; readonly tenASecond: StoreCounts };
};

/** The counted figures, which test/capacity/operations.test.ts compares with what the code does. */
export function readCounts(): Counts {
  return JSON.parse(readFileSync(new URL('counts.json', import.meta.url), 'utf8')) as Counts;
}

/** What an operation takes in a meeting of so many, in proportion between the sizes that were counted. */
export function countsAt(counts: Counts, operation: Operation, people: number): OperationCounts {
  const sizes = Object.keys(counts.bySize)
    .map(Number)
    .sort((a, b) => a - b);
  const below = sizes.findLast((size) => size <= people) ?? sizes[0];
  const above = sizes.find((size) => size >= people) ?? sizes.at(-1);
  const low = counts.bySize[String(below)]?.[operation];
  const high = counts.bySize[String(above)]?.[operation];
  if (below === undefined || above === undefined || !low || !high)
    throw new Error(`${operation} was not counted`);
  const share = above === below ? 0 : (people - below) / (above - below);
  const at = (of: (one: OperationCounts) => number) => of(low) + share * (of(high) - of(low));
  return {
    calls: at(({ calls }) => calls),
    readUnits: at(({ readUnits }) => readUnits),
    writeUnits: at(({ writeUnits }) => writeUnits),
    posts: at(({ posts }) => posts),
  };
}
