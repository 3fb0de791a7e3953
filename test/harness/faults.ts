import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Random } from './random.ts';

type Fault = 'none' | 'conflict' | 'throttled' | 'lost answer';

/**
 * Makes the transactions of a client meet, one time in three, what they meet on AWS: another transaction on the same
 * items, a throttle, or an answer that is lost after the transaction was done. The client must be nobody else's. Reads
 * are left alone: the SDK repeats them.
 */
export function injectFaults(documents: DynamoDBDocumentClient, random: Random): DynamoDBDocumentClient {
  const faultOf = faultsByToken(random);
  documents.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { ClientRequestToken } = args.input as { ClientRequestToken?: string };
        const fault = commandName?.startsWith('TransactWrite') ? faultOf(ClientRequestToken) : 'none';
        if (fault === 'conflict' || fault === 'throttled') throw cancelled(fault);
        const result = await next(args);
        if (fault === 'lost answer')
          throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
        return result;
      },
    { step: 'initialize', name: 'faults' },
  );
  return documents;
}

/** How often one transaction meets a fault: less often than it is tried, or tests would fail by chance. */
const MOST_FAULTS = 3;

/** Draws a fault for each attempt, but no more than so many for attempts with the same token. */
function faultsByToken(random: Random): (token: string | undefined) => Fault {
  const faults = new Map<string | undefined, number>();
  return (token) => {
    const earlier = faults.get(token) ?? 0;
    const fault = earlier === MOST_FAULTS ? 'none' : random.pick(draws);
    if (fault !== 'none') faults.set(token, earlier + 1);
    return fault;
  };
}

const draws: readonly Fault[] = [...Array<Fault>(6).fill('none'), 'conflict', 'throttled', 'lost answer'];

function cancelled(fault: 'conflict' | 'throttled'): Error {
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: [
      { Code: fault === 'conflict' ? 'TransactionConflict' : 'ThrottlingError' },
      { Code: 'None' },
    ],
  });
}
