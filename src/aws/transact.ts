import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';

/** The writes of one transaction. */
export type TransactItems = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** Time and chance, for backing off. */
export type Backoff = {
  readonly sleep: (delayMs: number) => Promise<void>;
  /** 0 ≤ number < 1. */
  readonly random: () => number;
};

const CONFLICTS = 8;
const ATTEMPTS = 5;
const LONGEST_DELAY_MS = 400;

/**
 * Tries a change again and again until it is done: `conflict` means that somebody else was quicker, so that what the
 * change was made from must be read anew. Waits longer each time, at random, so that two don't meet for ever.
 */
export async function untilDone<Outcome>(
  attempt: () => Promise<Outcome | 'conflict'>,
  { sleep, random }: Backoff,
): Promise<Outcome> {
  for (let tries = 1; tries <= CONFLICTS; tries++) {
    const outcome = await attempt();
    if (outcome !== 'conflict') return outcome;
    await sleep(delayMs(tries, random));
  }
  throw new Error(`gave up after ${CONFLICTS} conflicting changes of the same items`);
}

/**
 * Writes all items or none.
 *
 * After a fault that leaves open whether it happened, the same transaction is sent again with the same token, which
 * DynamoDB answers as it did the first time.
 */
export async function transact(
  documents: DynamoDBDocumentClient,
  items: TransactItems,
  { token, sleep, random }: Backoff & { readonly token: string },
): Promise<'committed' | 'conflict'> {
  for (let tries = 1; ; tries++) {
    try {
      await documents.send(new TransactWriteCommand({ TransactItems: items, ClientRequestToken: token }));
      return 'committed';
    } catch (error) {
      if (isConflict(error)) return 'conflict';
      if (tries === ATTEMPTS || !isUnresolved(error)) throw error;
      await sleep(delayMs(tries, random));
    }
  }
}

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
const delayMs = (tries: number, random: () => number): number =>
  random() * Math.min(LONGEST_DELAY_MS, 20 * 2 ** tries);

/** A condition that failed, or another transaction on the same items. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException)) return false;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  return codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict');
}

/** Faults after which nobody knows whether the transaction happened, or that pass by themselves. */
function isUnresolved(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof TransactionCanceledException) return true;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return status === undefined || status >= 500 || /Throttl|ThroughputExceeded|InProgress/.test(error.name);
}
