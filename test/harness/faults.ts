import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Random } from './random.ts';

type Fault = 'none' | 'conflict' | 'throttled' | 'lost answer';

/**
 * Makes the transactions of a client meet, one time in three, what they meet on AWS: another transaction on the same items, a
 * throttle, or an answer that is lost after the transaction was done. The client must be nobody else's. Reads are left alone: the SDK repeats them.
 */
export function injectFaults(documents: DynamoDBDocumentClient, random: Random): DynamoDBDocumentClient {
  documents.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const fault: Fault = commandName?.startsWith('TransactWrite') ? faultOf(random) : 'none';
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

const faultOf = (random: Random): Fault =>
  random.pick(['none', 'none', 'none', 'none', 'none', 'none', 'conflict', 'throttled', 'lost answer']);

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
