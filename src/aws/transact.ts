import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
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

/**
 * How often a change starts over. Of so many changes of one item at once, one succeeds in each round at the least, and
 * ten are no rarity: the tabs of a user whose network comes back.
 */
const CONFLICTS = 16;
const ATTEMPTS = 8;
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
 * Writes all items or none; `conflict` when a condition doesn't hold, so that nothing was written.
 *
 * After anything else that may pass (another transaction on the same items, a throttle, an answer that never came) the
 * same transaction is sent again with the same token. Should it have been done already, DynamoDB says so and does
 * nothing; so it is never given up for undone while it may have been done.
 */
export async function transact(
  documents: DynamoDBDocumentClient,
  items: TransactItems,
  { token, ...backoff }: Backoff & { readonly token: string },
): Promise<'committed' | 'conflict'> {
  const input = { TransactItems: items, ClientRequestToken: token };
  try {
    await repeated(() => documents.send(new TransactWriteCommand(input)), backoff);
    return 'committed';
  } catch (error) {
    if (isConditionFailure(error)) return 'conflict';
    throw error;
  }
}

/** Makes a call that does no harm when it is done twice, again and again while it fails for what may pass. */
export async function repeated<Result>(
  call: () => Promise<Result>,
  { sleep, random }: Backoff,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (tries === ATTEMPTS || !mayPass(error)) throw error;
      await sleep(delayMs(tries, random));
    }
  }
}

/** Whether a write was refused because its condition, or one in its transaction, doesn't hold. */
export function isConditionFailure(error: unknown): boolean {
  if (error instanceof ConditionalCheckFailedException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  return (error.CancellationReasons ?? []).some(({ Code }) => Code === 'ConditionalCheckFailed');
}

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
const delayMs = (tries: number, random: () => number): number =>
  random() * Math.min(LONGEST_DELAY_MS, 20 * 2 ** tries);

function mayPass(error: unknown): boolean {
  if (!(error instanceof Error) || isConditionFailure(error)) return false;
  if (error instanceof TransactionCanceledException) return !isFault(error);
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return (
    status === undefined ||
    status >= 500 ||
    /Throttl|ThroughputExceeded|InProgress|TransactionConflict/.test(error.name)
  );
}

/** A transaction that DynamoDB will never take. */
function isFault({ CancellationReasons = [] }: TransactionCanceledException): boolean {
  return CancellationReasons.some(
    ({ Code }) => Code === 'ValidationError' || Code === 'ItemCollectionSizeLimitExceeded',
  );
}
