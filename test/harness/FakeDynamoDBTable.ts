import { type Attributes, byBytes } from './FakeDynamoDBExpressions.ts';

/** The names of a table's keys. */
export type KeySchema = { readonly partition: string; readonly sort?: string };

/** One table: items by their keys, in memory. */
export class FakeDynamoDBTable {
  readonly name: string;
  readonly #schema: KeySchema;
  /** By partition key, then by sort key, which is empty where the table has none. */
  readonly #partitions = new Map<string, Map<string, Attributes>>();
  /** The sort keys of partitions in their order, as far as somebody wanted them. */
  readonly #orders = new Map<string, readonly string[]>();

  constructor(name: string, schema: KeySchema) {
    this.name = name;
    this.#schema = schema;
  }

  get keyNames(): readonly string[] {
    const { partition, sort } = this.#schema;
    return sort === undefined ? [partition] : [partition, sort];
  }

  /** The key of an item; refuses what DynamoDB would refuse as a key. */
  keyOf(item: Attributes): readonly [string, string] {
    const [partition, sort] = this.keyNames.map((name) => {
      const value = item[name];
      if (typeof value !== 'string' || value === '')
        throw new Error(`${this.name}: ${name} must be a string`);
      return value;
    });
    if (partition === undefined || Buffer.byteLength(partition) > 2048)
      throw new Error('partition key too long');
    if (sort !== undefined && Buffer.byteLength(sort) > 1024) throw new Error('sort key too long');
    return [partition, sort ?? ''];
  }

  /** Names an item among all tables. */
  idOf(item: Attributes): string {
    return JSON.stringify([this.name, ...this.keyOf(item)]);
  }

  get(key: Attributes): Attributes | undefined {
    const [partition, sort] = this.keyOf(key);
    return this.#partitions.get(partition)?.get(sort);
  }

  put(item: Attributes): void {
    const [partition, sort] = this.keyOf(item);
    const items = this.#partitions.get(partition) ?? new Map<string, Attributes>();
    if (!items.has(sort)) this.#orders.delete(partition);
    items.set(sort, item);
    this.#partitions.set(partition, items);
  }

  delete(key: Attributes): void {
    const [partition, sort] = this.keyOf(key);
    const items = this.#partitions.get(partition);
    if (items?.delete(sort)) this.#orders.delete(partition);
    if (items?.size === 0) this.#partitions.delete(partition);
  }

  /** The items of a partition in the order of their sort keys. */
  partition(key: string): readonly Attributes[] {
    const items = this.#partitions.get(key);
    if (!items) return [];
    const order = this.#orders.get(key) ?? [...items.keys()].sort(byBytes);
    this.#orders.set(key, order);
    const inOrder: Attributes[] = [];
    for (const sort of order) inOrder.push(items.get(sort) ?? {});
    return inOrder;
  }

  /** All items, in an order that stays the same. */
  all(): readonly Attributes[] {
    return [...this.#partitions.keys()].sort(byBytes).flatMap((key) => this.partition(key));
  }
}

/** A copy that nobody else can change. Throws for what DynamoDB doesn't keep: undefined, functions, NaN. */
function stored(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      break;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((member) => stored(member));
      if (Object.getPrototypeOf(value) === Object.prototype) return storedItem(value);
  }
  throw new Error(`DynamoDB doesn't keep ${String(value)}`);
}

/** The same of a whole item. */
export function storedItem(item: object): Attributes {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, stored(value)]));
}
