import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Backoff } from './transact.ts';

/** The names of the two tables. */
export type TableNames = { readonly connections: string; readonly meetings: string };

/** What everything that meetings keep on DynamoDB is read and written with. */
export type Store = Backoff & {
  readonly documents: DynamoDBDocumentClient;
  readonly tables: TableNames;
  /** How long after connecting a row counts at most. */
  readonly connectionTtlSeconds: number;
  /** How long a line of the log can be read; at least a day, since a retry may come that late. */
  readonly historyTtlSeconds: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new id that nothing else has. */
  readonly newId: () => string;
};

/**
 * Whether an item with a time to live no longer counts. DynamoDB deletes it within days, and shows it until then.
 */
export const hasExpired = ({ ttl }: { readonly ttl: number }, nowMs: number): boolean => ttl <= nowMs / 1000;
