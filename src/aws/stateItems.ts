import { freshState, type MeetingState } from '../meeting/arrival.ts';
import type { MeetingId, UserId } from '../protocol/ids.ts';
import type { Store } from './store.ts';
import type { TransactItems } from './transact.ts';

/**
 * What a meeting remembers besides its users. An item of its own: the head is written with every line, so that a
 * transaction on it would meet every chat.
 */
export type StateItem = {
  readonly meetingId: MeetingId;
  readonly item: string;
  /** New and unique with every change. */
  readonly version: string;
  readonly host?: UserId;
  /** Absent: the meeting isn't locked. */
  readonly admitted?: readonly UserId[];
};

/** The key of a meeting's state. */
export const stateKey = (meetingId: MeetingId) => ({ meetingId, item: 'state' });

/** A state item as the record that the rules know. */
export function meetingStateOf(item: StateItem | undefined): MeetingState {
  if (!item) return freshState;
  return { host: item.host, lock: item.admitted && { admitted: item.admitted } };
}

/** Puts a state in the place of the item it was made from, if that is still there. */
export function replaceState(
  { tables, newId }: Store,
  meetingId: MeetingId,
  change: { readonly madeFrom: StateItem | undefined; readonly state: MeetingState },
): TransactItems[number] {
  const { madeFrom, state } = change;
  const Item: StateItem = {
    ...stateKey(meetingId),
    version: newId(),
    ...(state.host !== undefined && { host: state.host }),
    ...(state.lock && { admitted: state.lock.admitted }),
  };
  return { Put: { TableName: tables.meetings, Item, ...onlyIf(madeFrom) } };
}

/** The condition that an item with a version is still the one that a change was made from. */
export function onlyIf(madeFrom: { readonly version: string } | undefined) {
  if (!madeFrom) return { ConditionExpression: 'attribute_not_exists(version)' };
  return {
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: { ':version': madeFrom.version },
  };
}
