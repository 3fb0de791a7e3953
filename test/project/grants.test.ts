import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CallRecord, grantedCalls } from '../harness/CallRecord.ts';
import { tableCalls } from '../harness/tableCalls.ts';

const access = {
  connections: ['GetItem'],
  meetings: ['Query'],
  manageConnections: ['POST'],
  deliveryQueue: ['SendMessage'],
} as const;

describe('the record of calls', () => {
  it('permits what is granted, keeps it, and is content', () => {
    const file = temporaryFile();
    const record = new CallRecord({ relay: { access } });
    for (const call of grantedCalls({ access })) expect(record.permits('relay', call)).toBe(true);
    expect(record.permits('relay', 'GetItem on connections')).toBe(true);
    record.save(file);
    expect(readFileSync(file, 'utf8')).toBe(
      'relay: GetItem on connections\nrelay: Query on meetings\nrelay: POST on @connections\nrelay: SendMessage on the delivery queue\n',
    );
  });

  it.each([
    'PutItem on connections',
    'GetItem on meetings',
    'Query on meetings/index/any',
    'DELETE on @connections',
    'ReceiveMessage on the delivery queue',
  ])('refuses %s where it is not granted, and fails by function and call', (call) => {
    const record = new CallRecord({ relay: { access } });
    expect(record.permits('relay', call)).toBe(false);
    expect(() => record.save(temporaryFile())).toThrow(`deployedFunctions.ts: relay: ${call}`);
  });

  it('grants nothing to a function that nobody deploys', () => {
    expect(new CallRecord({ relay: { access } }).permits('other', 'GetItem on connections')).toBe(false);
  });
});

describe('calls to tables', () => {
  it('are those of a request, on a table or an index', () => {
    expect(tableCalls('Query', { TableName: 'T' })).toEqual([{ action: 'Query', table: 'T' }]);
    expect(tableCalls('Query', { TableName: 'T', IndexName: 'I' })).toEqual([
      { action: 'Query', table: 'T/index/I' },
    ]);
  });

  it('are those in a transaction', () => {
    const TransactItems = [
      { Put: { TableName: 'A' } },
      { Update: { TableName: 'B' } },
      { Delete: { TableName: 'A' } },
      { ConditionCheck: { TableName: 'B' } },
    ];
    expect(tableCalls('TransactWriteItems', { TransactItems })).toEqual([
      { action: 'PutItem', table: 'A' },
      { action: 'UpdateItem', table: 'B' },
      { action: 'DeleteItem', table: 'A' },
      { action: 'ConditionCheckItem', table: 'B' },
    ]);
    expect(tableCalls('TransactGetItems', { TransactItems: [{ Get: { TableName: 'A' } }] })).toEqual([
      { action: 'GetItem', table: 'A' },
    ]);
  });

  it('are a batch on each of its tables', () => {
    expect(tableCalls('BatchWriteItem', { RequestItems: { A: [], B: [] } })).toEqual([
      { action: 'BatchWriteItem', table: 'A' },
      { action: 'BatchWriteItem', table: 'B' },
    ]);
  });

  it('are never overlooked', () => {
    expect(() => tableCalls('ExecuteStatement', { Statement: 'SELECT' })).toThrow('ExecuteStatement');
  });
});

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-record-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'calls.txt');
}
