import type { StoreTrouble } from './conditions.ts';
import type { DynamoRequest, Treatment } from './dynamodbProxy.ts';
import type { Random } from './random.ts';
import type { StoreState } from './server.ts';

/** Trouble, the chance that it takes its course by, and who is told of each fault. */
export type StoreFaults = StoreTrouble & {
  readonly random: Random;
  readonly report: (fault: Treatment) => void;
};

/**
 * How a DynamoDB fares that can be made to wait, or to fail, with words that no client may read; and, if it is given
 * faults, meets what a DynamoDB now and then meets and what passes.
 */
export class FaultyStore {
  state: StoreState = 'working';
  /** What was asked for, in its order, without the repeats of requests that went wrong. */
  readonly calls: string[] = [];
  readonly #faults: StoreFaults | undefined;
  readonly #byToken = new Map<string, number>();

  constructor(faults?: StoreFaults) {
    this.#faults = faults;
  }

  /** What becomes of a request. */
  readonly treat = async (request: DynamoRequest): Promise<Treatment> => {
    if (request.attempt === 1) this.calls.push(request.calls.map(({ action }) => action).join('+'));
    while (this.state === 'stalled') await new Promise(setImmediate);
    if (this.state === 'failing') return refusal(500, 'InternalServerError', 'SECRET-TABLE is unreachable');
    if (!this.#faults) return passed;
    const { random, delayMs, failing, report } = this.#faults;
    const waitMs = random.next() * delayMs;
    const treatment = random.next() < failing ? this.#fault(request, this.#faults) : passed;
    if (treatment !== passed) report(treatment);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    return treatment;
  };

  #fault({ token, attempt }: DynamoRequest, { random, by = 'errors' }: StoreFaults): Treatment {
    const faults = faultsBy[by];
    if (token === undefined) return attempt > 1 ? passed : random.pick(faults.read);
    const earlier = this.#byToken.get(token) ?? 0;
    if (earlier === faults.mostInTransaction) return passed;
    this.#byToken.set(token, earlier + 1);
    return random.pick(faults.transaction);
  }
}

const passed: Treatment = { kind: 'pass' };

function refusal(
  status: number,
  name: string,
  message: string,
  more: Record<string, unknown> = {},
): Treatment {
  return { kind: 'refuse', status, error: { __type: name, message, ...more } };
}

const cancelled = (Code: string): Treatment =>
  refusal(400, 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException', 'Transaction cancelled', {
    CancellationReasons: [{ Code }, { Code: 'None' }],
  });

const readFaults: readonly Treatment[] = [
  { kind: 'lose-answer' },
  refusal(500, 'InternalServerError', 'The request could not be completed.'),
  refusal(400, 'com.amazonaws.dynamodb.v20120810#ThrottlingException', 'Rate exceeded'),
  refusal(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', 'Rate exceeded'),
];

const transactionFaults: readonly Treatment[] = [
  ...readFaults,
  cancelled('TransactionConflict'),
  cancelled('ThrottlingError'),
];

const silence: readonly Treatment[] = [{ kind: 'fall-silent' }];

/** A transaction, like a read, is troubled less often than it is tried, or tests would fail by chance. */
const faultsBy = {
  errors: { read: readFaults, transaction: transactionFaults, mostInTransaction: 3 },
  // Each costs the time after which a request is given up.
  silence: { read: silence, transaction: silence, mostInTransaction: 1 },
};
