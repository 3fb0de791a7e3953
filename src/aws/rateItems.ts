import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { ConnectionId } from '../protocol/ids.ts';
import type { Line } from './leases.ts';

/**
 * How far a connection's line is taken up: an item of its own in the connections table. No connectionId has a `#`, and
 * without `meetingId` and `connectedAt` it is in no index and no sweep sees it.
 */
type RateItem = {
  /** Epoch microseconds. */
  readonly takenUntilUs: number;
  /** The id of whoever leased last. */
  readonly lease: string;
};

/** What an instance takes the line to be before it asks for more of it. */
export type Footing =
  /** Nobody has leased since this lease of its own, which therefore may be cut to what is used of it. */
  | { readonly kind: 'own'; readonly lease: string; readonly takenUntilUs: number }
  /** So it was seen. */
  | { readonly kind: 'seen'; readonly takenUntilUs: number };

/** A lease to be written. */
export type LeaseRequest = {
  readonly table: string;
  readonly connectionId: ConnectionId;
  readonly id: string;
  readonly footing: Footing;
  readonly stretchUs: number;
  readonly nowUs: number;
};

/** Clocks that disagree by less all find the line free when its item is deleted. */
const TTL_MARGIN_SECONDS = 60;

/**
 * Takes up a stretch of a connection's line in one step, on condition that the line is as it was thought to be. Done
 * twice, it takes up two, or nothing.
 */
export function leaseCommand(request: LeaseRequest, line: Line): UpdateCommand {
  const { table, connectionId, id, footing, stretchUs, nowUs } = request;
  const { takenUntil, condition, values } = changeOf(footing, stretchUs, { line, nowUs });
  const input: UpdateCommandInput = {
    TableName: table,
    Key: { connectionId: `rate#${connectionId}` },
    UpdateExpression: `SET takenUntilUs = ${takenUntil}, lease = :id, #ttl = :ttl`,
    ConditionExpression: condition,
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: {
      ':id': id,
      // By then the line is free in any case.
      ':ttl': Math.ceil((nowUs + line.burstUs) / 1_000_000) + TTL_MARGIN_SECONDS,
      ...values,
    },
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
  return new UpdateCommand(input);
}

function changeOf(footing: Footing, stretchUs: number, { line, nowUs }: { line: Line; nowUs: number }) {
  const until = Math.max(footing.takenUntilUs, nowUs) + stretchUs;
  if (footing.kind === 'own') {
    // Not by `takenUntilUs`, which may have come back to what it was.
    const values = { ':own': footing.lease, ':until': until };
    return { takenUntil: ':until', condition: 'lease = :own', values };
  }
  if (footing.takenUntilUs < nowUs) {
    const condition = 'attribute_not_exists(takenUntilUs) OR takenUntilUs < :now';
    return { takenUntil: ':until', condition, values: { ':now': nowUs, ':until': until } };
  }
  // Whatever others lease at the same time, each gets a stretch of its own without starting over.
  return {
    takenUntil: 'takenUntilUs + :stretch',
    condition: 'takenUntilUs BETWEEN :now AND :latest AND lease <> :id',
    values: { ':now': nowUs, ':latest': nowUs + line.burstUs - stretchUs, ':stretch': stretchUs },
  };
}

/** The item as an update left it. */
export const writtenItem = (attributes: unknown): RateItem => attributes as RateItem;

/**
 * The item that a lease was refused for, free if there is none; undefined for any other error. It comes as DynamoDB
 * spells it, which the document client leaves alone.
 */
export function refusingItem(error: unknown): RateItem | undefined {
  if (!(error instanceof ConditionalCheckFailedException)) return undefined;
  return { takenUntilUs: Number(error.Item?.takenUntilUs?.N ?? 0), lease: error.Item?.lease?.S ?? '' };
}
