import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  IdempotentParameterMismatchException,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  type Attributes,
  type Condition,
  holds,
  nameOf,
  type Placeholders,
  parseCondition,
  parseUpdate,
  refuseUnused,
  valueFor,
} from './FakeDynamoDBExpressions.ts';
import { FakeDynamoDBTable, type KeySchema, storedItem } from './FakeDynamoDBTable.ts';

/** What becomes of one call: done, not done, or done without the caller hearing of it. */
export type CallFate = 'done' | 'throttled' | 'lost';

/** When calls are served, and what becomes of them. */
export type CallSchedule = {
  /** Decides about a call when its turn has come; one that never resolves is never done. */
  readonly arrive: (name: string) => Promise<CallFate>;
  /** Lets time pass between the two phases of a transaction, whether or not its caller still lives. */
  readonly prepared: () => Promise<void>;
  /** Gives the answer; one that never resolves is never heard. */
  readonly answer: (name: string) => Promise<void>;
};

/** A fake that forgets something that DynamoDB keeps, to see tests fail. */
export type FakeDynamoDBOptions = {
  /** Items in a page of a query or scan: real ones end after a megabyte. */
  readonly itemsPerPage?: number;
  /** Takes every condition for true. */
  readonly ignoreConditions?: boolean;
  /** Does of a transaction all but the first write. */
  readonly halfTransactions?: boolean;
};

type Input = Placeholders & Readonly<Record<string, unknown>>;
type Write = {
  readonly table: FakeDynamoDBTable;
  readonly key: Attributes;
  readonly after: Attributes | undefined;
};
type Transaction = { readonly text: string; committed: boolean };
type Answer = Readonly<Record<string, unknown>>;

const $metadata = { httpStatusCode: 400 };
const TRANSACTION_ITEMS = 100;

const immediately: CallSchedule = {
  arrive: async () => 'done',
  prepared: async () => {},
  answer: async () => {},
};

/** Anything but these would be ignored silently. */
const known: Readonly<Record<string, readonly string[]>> = {
  Get: ['TableName', 'Key', 'ConsistentRead'],
  Put: ['TableName', 'Item', 'ConditionExpression'],
  Delete: ['TableName', 'Key', 'ConditionExpression'],
  Update: [
    'TableName',
    'Key',
    'UpdateExpression',
    'ConditionExpression',
    'ReturnValues',
    'ReturnValuesOnConditionCheckFailure',
  ],
  Query: [
    'TableName',
    'KeyConditionExpression',
    'ConsistentRead',
    'ScanIndexForward',
    'Limit',
    'ExclusiveStartKey',
  ],
  Scan: ['TableName', 'FilterExpression', 'ConsistentRead', 'ExclusiveStartKey'],
  TransactWrite: ['TransactItems', 'ClientRequestToken'],
};
const placeholders = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];

/**
 * A DynamoDB in memory: strong reads, conditions, transactions in two phases that conflict with whatever else would
 * change their items meanwhile, and their tokens. It does what this project uses, and throws for anything else.
 */
export class FakeDynamoDB {
  readonly #options: FakeDynamoDBOptions;
  readonly #tables = new Map<string, FakeDynamoDBTable>();
  /** Items that a transaction is about to change. */
  readonly #held = new Set<string>();
  readonly #transactions = new Map<string, Transaction>();

  constructor(tables: Readonly<Record<string, KeySchema>>, options: FakeDynamoDBOptions = {}) {
    for (const [name, schema] of Object.entries(tables)) {
      this.#tables.set(name, new FakeDynamoDBTable(name, schema));
    }
    this.#options = options;
  }

  /** A client whose calls go here; by default each at once. */
  client(schedule: CallSchedule = immediately): DynamoDBDocumentClient {
    const send = async (command: { constructor: { name: string }; input: Input }) => {
      const { input } = command;
      const name = command.constructor.name.replace(/Command$/, '');
      const fate = await schedule.arrive(name);
      if (fate === 'throttled')
        throw new ProvisionedThroughputExceededException({ message: 'slower', $metadata });
      const result = await this.#settled(name, input, schedule);
      await schedule.answer(name);
      if (fate === 'lost') throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
      if ('error' in result) throw result.error;
      return { $metadata: {}, ...result.answer };
    };
    return Object.assign(Object.create(template()), { send });
  }

  /** All items of a table, for a test to look at. */
  items(table: string): readonly Attributes[] {
    return this.#table({ TableName: table }).all();
  }

  async #settled(name: string, input: Input, schedule: CallSchedule) {
    try {
      return { answer: await this.#perform(name, input, schedule) };
    } catch (error) {
      return { error };
    }
  }

  async #perform(name: string, input: Input, schedule: CallSchedule): Promise<Answer> {
    refuseUnknown(name, input);
    switch (name) {
      case 'Get':
        return { Item: copy(this.#table(strong(input)).get(keyOf(input))) };
      case 'Put':
      case 'Delete':
      case 'Update':
        return this.#write(name, input);
      case 'Query':
      case 'Scan':
        return this.#read(name, strong(input));
      case 'TransactWrite':
        return this.#transact(input, schedule);
      default:
        throw new Error(`the fake knows no ${name}`);
    }
  }

  #write(name: string, input: Input): Answer {
    const write = this.#prepare(name, input);
    if (this.#held.has(write.table.idOf(write.key))) {
      throw new TransactionConflictException({ message: 'Transaction is ongoing for the item', $metadata });
    }
    if (!this.#permits(input, write)) {
      const Item = refusing(input, write.table.get(write.key));
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata,
        Item,
      });
    }
    apply(write);
    if (input.ReturnValues === undefined) return {};
    if (input.ReturnValues !== 'ALL_NEW') throw new Error(`the fake returns no ${input.ReturnValues}`);
    return { Attributes: copy(write.after) };
  }

  async #transact(input: Input, { prepared }: CallSchedule): Promise<Answer> {
    const { token, requests, text } = transactionOf(input);
    const earlier = this.#transactions.get(token);
    if (earlier) return repeatOf(earlier, text);
    const writes = requests.map(([name, request]) => this.#prepare(name, request));
    const ids = writes.map(({ table, key }) => table.idOf(key));
    if (new Set(ids).size < ids.length) throw new Error('a transaction may not name an item twice');
    const reasons = writes.map((write, index) => {
      if (this.#held.has(ids[index] ?? '')) return 'TransactionConflict';
      return this.#permits(requests[index]?.[1] ?? {}, write) ? 'None' : 'ConditionalCheckFailed';
    });
    if (reasons.some((reason) => reason !== 'None')) throw cancelled(reasons);
    const transaction = { text, committed: false };
    this.#transactions.set(token, transaction);
    for (const id of ids) this.#held.add(id);
    await prepared();
    for (const write of this.#options.halfTransactions ? writes.slice(1) : writes) apply(write);
    for (const id of ids) this.#held.delete(id);
    transaction.committed = true;
    return {};
  }

  /** What a write would make of an item. */
  #prepare(name: string, input: Input): Write {
    refuseUnused(input, [String(input.ConditionExpression), String(input.UpdateExpression)]);
    const table = this.#table(input);
    if (name === 'Put') {
      const item = storedItem(Object(input.Item));
      return { table, key: item, after: item };
    }
    const key = keyOf(input);
    if (Object.keys(key).length !== table.keyNames.length)
      throw new Error('a key and nothing else is needed');
    if (name === 'Delete') return { table, key, after: undefined };
    if (name === 'Update') return { table, key, after: updated(table.get(key) ?? key, input) };
    throw new Error(`the fake knows no ${name}`);
  }

  #permits(input: Input, { table, key }: Write): boolean {
    const { ConditionExpression: condition } = input;
    if (condition === undefined || this.#options.ignoreConditions) return true;
    return holds(parseCondition(String(condition)), table.get(key), input);
  }

  #read(name: string, input: Input): Answer {
    const { KeyConditionExpression, FilterExpression, Limit, ExclusiveStartKey, ScanIndexForward } = input;
    refuseUnused(input, [String(KeyConditionExpression), String(FilterExpression)]);
    const table = this.#table(input);
    const condition = name === 'Query' ? parseCondition(String(KeyConditionExpression)) : undefined;
    const all = condition ? table.partition(partitionOf(condition, table, input)) : table.all();
    const ordered = ScanIndexForward === false ? all.toReversed() : all;
    const range = condition ? ordered.filter((item) => holds(condition, item, input)) : ordered;
    const from = ExclusiveStartKey === undefined ? 0 : following(range, table, Object(ExclusiveStartKey));
    const most = Math.min(Number(Limit ?? Number.POSITIVE_INFINITY), this.#options.itemsPerPage ?? 10_000);
    const page = range.slice(from, from + most);
    const last = page.length === most ? page.at(-1) : undefined;
    const filter = FilterExpression === undefined ? undefined : parseCondition(String(FilterExpression));
    const Items = page.filter((item) => !filter || holds(filter, item, input)).map(copy);
    return { Items, Count: Items.length, ...(last && { LastEvaluatedKey: onlyKey(last, table) }) };
  }

  #table({ TableName }: Input): FakeDynamoDBTable {
    const table = this.#tables.get(String(TableName));
    if (!table) throw new Error(`there is no table ${String(TableName)}`);
    return table;
  }
}

let shared: DynamoDBDocumentClient | undefined;

/** The SDK's paginators ask for a real client. Making one takes longer than a thousand calls here. */
function template(): DynamoDBDocumentClient {
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  shared ??= DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1', credentials }));
  return shared;
}

function apply({ table, key, after }: Write): void {
  if (after) table.put(after);
  else table.delete(key);
}

function updated(item: Attributes, input: Input): Attributes {
  const after: Record<string, unknown> = { ...item };
  for (const { kind, path, value } of parseUpdate(String(input.UpdateExpression))) {
    const name = nameOf(path, input);
    const given = valueFor(value, input);
    if (kind === 'add') after[name] = Number(item[name] ?? 0) + Number(given);
    else if (kind === 'set-sum') after[name] = sum(item[name], given);
    else if (kind === 'set' || item[name] === undefined) after[name] = given;
  }
  return storedItem(after);
}

/** Only an `ADD` takes what isn't there for 0. */
function sum(present: unknown, given: unknown): number {
  if (typeof present !== 'number' || typeof given !== 'number') throw new Error('a sum is of two numbers');
  return present + given;
}

/** The item that a failed condition returns, if asked to, as DynamoDB spells it: no client translates errors. */
function refusing({ ReturnValuesOnConditionCheckFailure: values }: Input, item: Attributes | undefined) {
  if (values === undefined || item === undefined) return undefined;
  if (values !== 'ALL_OLD') throw new Error(`the fake returns no ${values}`);
  const spelled = Object.entries(item).map(([name, value]): [string, AttributeValue] => {
    if (typeof value === 'string') return [name, { S: value }];
    if (typeof value === 'number') return [name, { N: String(value) }];
    throw new Error(`the fake can't return ${name} with an error`);
  });
  return Object.fromEntries(spelled);
}

/** The partition that a key condition names; anything but `partition = :value [AND sort …]` is refused. */
function partitionOf(condition: Condition, { keyNames }: FakeDynamoDBTable, given: Placeholders): string {
  const parts = condition.kind === 'and' ? condition.parts : [condition];
  const [first, second, ...others] = parts;
  const isKey = (part: Condition | undefined, name: string | undefined) =>
    part !== undefined && 'path' in part && nameOf(part.path, given) === name;
  const equals = first?.kind === 'compare' && first.operator === '=' && isKey(first, keyNames[0]);
  if (!equals || others.length > 0 || (second && !isKey(second, keyNames[1]))) {
    throw new Error('the fake knows no such key condition');
  }
  return String(valueFor(first.value, given));
}

function transactionOf({ ClientRequestToken: token, TransactItems: items }: Input) {
  if (typeof token !== 'string' || !/^.{1,36}$/.test(token)) throw new Error('a token of 1 to 36 is needed');
  if (!Array.isArray(items) || items.length === 0 || items.length > TRANSACTION_ITEMS) {
    throw new Error(`1 to ${TRANSACTION_ITEMS} items are needed`);
  }
  return { token, requests: items.map(onlyEntry), text: JSON.stringify(items) };
}

/** A transaction sent again with its token: done once, if it was done. */
function repeatOf(earlier: Transaction, text: string): Answer {
  if (earlier.text !== text)
    throw new IdempotentParameterMismatchException({ message: 'other items', $metadata });
  if (!earlier.committed) throw new TransactionInProgressException({ message: 'in progress', $metadata });
  return {};
}

/** Where a read goes on: after a key, which may be gone by now. */
function following(range: readonly Attributes[], table: FakeDynamoDBTable, start: Attributes): number {
  const index = range.findIndex((item) => table.idOf(item) === table.idOf(start));
  if (index >= 0) return index + 1;
  const order = range.length > 1 && range[0] && range[1] ? compareKeys(range[0], range[1], table) : -1;
  const next = range.findIndex((item) => compareKeys(start, item, table) * order > 0);
  return next < 0 ? range.length : next;
}

function compareKeys(a: Attributes, b: Attributes, table: FakeDynamoDBTable): number {
  const [first, second] = [table.keyOf(a), table.keyOf(b)].map((key) => Buffer.from(key.join('\0')));
  return first && second ? Buffer.compare(first, second) : 0;
}

const copy = <Value extends Attributes | undefined>(item: Value): Attributes | undefined =>
  item && storedItem(item);

const keyOf = ({ Key }: Input): Attributes => storedItem(Object(Key));

const onlyKey = (item: Attributes, { keyNames }: FakeDynamoDBTable): Attributes =>
  Object.fromEntries(keyNames.map((name) => [name, item[name]]));

function strong(input: Input): Input {
  if (input.ConsistentRead !== true) throw new Error('the fake reads strongly only, and this read is not');
  return input;
}

function onlyEntry(item: unknown): [string, Input] {
  const [entry, ...others] = Object.entries(Object(item));
  if (!entry || others.length > 0) throw new Error('one write at a time is needed');
  const [name, input] = entry as [string, Input];
  refuseUnknown(name, input);
  return [name, input];
}

function refuseUnknown(name: string, input: Input): void {
  const fields = [...(known[name] ?? []), ...placeholders];
  // Paginators give undefined for what they weren't given.
  const unknown = Object.keys(input).find((field) => input[field] !== undefined && !fields.includes(field));
  if (unknown !== undefined) throw new Error(`the fake knows no ${name} with ${unknown}`);
}

function cancelled(reasons: readonly string[]): TransactionCanceledException {
  const CancellationReasons = reasons.map((Code) => ({ Code }));
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata,
    CancellationReasons,
  });
}
