/** An item, or the values of an expression, by name. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What the names and values in an expression stand for. */
export type Placeholders = {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Attributes | undefined;
};

/** A condition as read; names and values still as they were written. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'exists' | 'absent'; readonly path: string }
  | { readonly kind: 'begins'; readonly path: string; readonly prefix: string }
  | { readonly kind: 'between'; readonly path: string; readonly low: string; readonly high: string }
  | { readonly kind: 'compare'; readonly path: string; readonly operator: string; readonly value: string };

/** What an update does to one attribute. */
export type Action = {
  readonly kind: 'set' | 'set-if-absent' | 'set-sum' | 'add';
  readonly path: string;
  readonly value: string;
};

/** What it can't read, it refuses: an expression that DynamoDB would take must not pass here by mistake. */
class Reader {
  readonly #tokens: readonly string[];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    const token = /\s*(#\w+|:\w+|\w+|<=|>=|<>|[=<>(),+])\s*/y;
    const tokens: string[] = [];
    while (token.lastIndex < text.length) {
      const found = token.exec(text)?.[1];
      if (found === undefined) throw new Error(`the fake can't read the expression: ${text}`);
      tokens.push(found);
    }
    this.#tokens = tokens;
    this.#text = text;
  }

  get ended(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** Reads a token if it is next. */
  skip(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  /** Reads the next token, which has to be of this form. */
  next(form: RegExp | string): string {
    const token = this.#tokens[this.#at++] ?? '';
    const fits = typeof form === 'string' ? token === form : form.test(token);
    if (!fits) throw new Error(`the fake can't read "${token}" in the expression: ${this.#text}`);
    return token;
  }
}

const path = /^#?[A-Za-z]\w*$/;
const value = /^:\w+$/;
const operator = /^(=|<>|<|<=|>|>=)$/;

/** Reads a condition: `AND`, `OR`, comparisons, `BETWEEN`, and the functions that are in use. */
export const parseCondition = remembered((text: string): Condition => {
  const reader = new Reader(text);
  const condition = disjunction(reader);
  if (!reader.ended) throw new Error(`the fake can't read the end of the expression: ${text}`);
  return condition;
});

/** Reads an update: `SET`, also with `if_not_exists` of the attribute itself or a sum with it, then `ADD`. */
export const parseUpdate = remembered((text: string): readonly Action[] => {
  const reader = new Reader(text);
  const actions: Action[] = [];
  if (reader.skip('SET')) {
    do actions.push(assignment(reader));
    while (reader.skip(','));
  }
  if (reader.skip('ADD')) {
    do actions.push({ kind: 'add', path: reader.next(path), value: reader.next(value) });
    while (reader.skip(','));
  }
  if (!reader.ended || actions.length === 0) throw new Error(`the fake can't read the update: ${text}`);
  return actions;
});

function assignment(reader: Reader): Action {
  const target = reader.next(path);
  reader.next('=');
  if (reader.skip(target)) {
    reader.next('+');
    return { kind: 'set-sum', path: target, value: reader.next(value) };
  }
  if (!reader.skip('if_not_exists')) return { kind: 'set', path: target, value: reader.next(value) };
  reader.next('(');
  reader.next(target);
  reader.next(',');
  const given = reader.next(value);
  reader.next(')');
  return { kind: 'set-if-absent', path: target, value: given };
}

function disjunction(reader: Reader): Condition {
  const parts = [conjunction(reader)];
  while (reader.skip('OR')) parts.push(conjunction(reader));
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
}

function conjunction(reader: Reader): Condition {
  const parts = [term(reader)];
  while (reader.skip('AND')) parts.push(term(reader));
  return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
}

function term(reader: Reader): Condition {
  if (reader.skip('(')) {
    const inner = disjunction(reader);
    reader.next(')');
    return inner;
  }
  for (const [name, kind] of [
    ['attribute_exists', 'exists'],
    ['attribute_not_exists', 'absent'],
  ] as const) {
    if (reader.skip(name)) return { kind, path: inParentheses(reader) };
  }
  if (reader.skip('begins_with')) {
    reader.next('(');
    const target = reader.next(path);
    reader.next(',');
    const prefix = reader.next(value);
    reader.next(')');
    return { kind: 'begins', path: target, prefix };
  }
  const target = reader.next(path);
  if (!reader.skip('BETWEEN')) {
    return { kind: 'compare', path: target, operator: reader.next(operator), value: reader.next(value) };
  }
  const low = reader.next(value);
  reader.next('AND');
  return { kind: 'between', path: target, low, high: reader.next(value) };
}

function inParentheses(reader: Reader): string {
  reader.next('(');
  const target = reader.next(path);
  reader.next(')');
  return target;
}

function remembered<Result>(parse: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const result = known.get(text) ?? parse(text);
    known.set(text, result);
    return result;
  };
}

/** The attribute that a path names. */
export function nameOf(path: string, { ExpressionAttributeNames = {} }: Placeholders): string {
  const name = path.startsWith('#') ? ExpressionAttributeNames[path] : path;
  if (name === undefined) throw new Error(`the expression uses ${path}, which isn't given`);
  return name;
}

/** The value that a placeholder stands for. */
export function valueFor(placeholder: string, { ExpressionAttributeValues = {} }: Placeholders): unknown {
  const value = ExpressionAttributeValues[placeholder];
  if (value === undefined) throw new Error(`the expression uses ${placeholder}, which isn't given`);
  return value;
}

/** Whether a condition holds for an item; undefined: there is none. */
export function holds(condition: Condition, item: Attributes | undefined, given: Placeholders): boolean {
  if ('parts' in condition) {
    const test = (part: Condition) => holds(part, item, given);
    return condition.kind === 'and' ? condition.parts.every(test) : condition.parts.some(test);
  }
  const actual = item?.[nameOf(condition.path, given)];
  switch (condition.kind) {
    case 'exists':
      return actual !== undefined;
    case 'absent':
      return actual === undefined;
    case 'begins':
      return typeof actual === 'string' && actual.startsWith(String(valueFor(condition.prefix, given)));
    case 'between': {
      const { low, high } = condition;
      return compare(actual, '>=', valueFor(low, given)) && compare(actual, '<=', valueFor(high, given));
    }
    case 'compare':
      return compare(actual, condition.operator, valueFor(condition.value, given));
  }
}

/** Values of different types are never equal, and never above or below each other. */
function compare(actual: unknown, operator: string, value: unknown): boolean {
  if (!isScalar(value)) throw new Error('the fake compares strings and numbers only');
  if (operator === '<>') return actual !== value;
  if (typeof actual !== typeof value || !isScalar(actual)) return false;
  const order = typeof actual === 'string' ? byBytes(actual, String(value)) : actual - Number(value);
  switch (operator) {
    case '=':
      return order === 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

const isScalar = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

/** DynamoDB's order of strings: that of their UTF-8. */
export function byBytes(a: string, b: string): number {
  if (a === b) return 0;
  // Where no surrogate is involved, the order of code units is the same.
  if (!/[\ud800-\udfff]/.test(a) && !/[\ud800-\udfff]/.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Refuses placeholders that no expression uses, as DynamoDB does. */
export function refuseUnused(given: Placeholders, expressions: readonly (string | undefined)[]): void {
  const text = expressions.join(' ');
  const placeholders = [given.ExpressionAttributeNames, given.ExpressionAttributeValues];
  for (const placeholder of placeholders.flatMap((named) => Object.keys(named ?? {}))) {
    if (!new RegExp(`${placeholder}\\b`).test(text)) throw new Error(`${placeholder} is given and not used`);
  }
}
