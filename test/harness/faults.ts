import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Random } from './random.ts';

type Fault = 'none' | 'conflict' | 'throttled' | 'lost answer';

/**
 * Makes the writes of a client meet, one time in three, what they meet on AWS: another transaction on the same items,
 * a throttle, or an answer that is lost after the write was done. The client must be nobody else's. Reads are left
 * alone: the SDK repeats them.
 */
export function injectFaults(documents: DynamoDBDocumentClient, random: Random): DynamoDBDocumentClient {
  const faultOf = faultsByWrite(random);
  documents.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const fault = isWrite(commandName) ? faultOf(JSON.stringify(args.input)) : 'none';
        if (fault === 'conflict' || fault === 'throttled') throw refusal(commandName, fault);
        const result = await next(args);
        if (fault === 'lost answer')
          throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
        return result;
      },
    { step: 'initialize', name: 'faults' },
  );
  return documents;
}

/** How often one write meets a fault: less often than it is tried, or tests would fail by chance. */
const MOST_FAULTS = 3;

/** Draws a fault for each attempt, but no more than so many for attempts at the same write. */
function faultsByWrite(random: Random): (write: string) => Fault {
  const faults = new Map<string, number>();
  return (write) => {
    const earlier = faults.get(write) ?? 0;
    const fault = earlier === MOST_FAULTS ? 'none' : random.pick(draws);
    if (fault !== 'none') faults.set(write, earlier + 1);
    return fault;
  };
}

const draws: readonly Fault[] = [...Array<Fault>(6).fill('none'), 'conflict', 'throttled', 'lost answer'];

const isTransaction = (commandName: string) => commandName.startsWith('TransactWrite');
const isWrite = (commandName: string) => isTransaction(commandName) || /^(Update|Put)/.test(commandName);

/** A single write conflicts with a transaction on its item that is under way: it is refused, and not awaited. */
function refusal(commandName: string, fault: 'conflict' | 'throttled'): Error {
  const $metadata = { httpStatusCode: 400 };
  if (!isTransaction(commandName)) {
    return fault === 'conflict'
      ? new TransactionConflictException({ message: 'Transaction is ongoing for the item', $metadata })
      : new ProvisionedThroughputExceededException({ message: 'Throughput exceeded', $metadata });
  }
  const Code = fault === 'conflict' ? 'TransactionConflict' : 'ThrottlingError';
  const CancellationReasons = [{ Code }, { Code: 'None' }];
  return new TransactionCanceledException({ message: 'Cancelled', $metadata, CancellationReasons });
}
