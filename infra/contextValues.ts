import { SetupError } from './settings.ts';

/** Looks up a context value by name, as `-c name=value` or cdk.json gave it. */
export type Context = (name: string) => unknown;

/** What a value must be, also in words. */
export type Rule = { readonly pattern: RegExp; readonly words: string };

/** Whether a value is given, be it an empty one. */
export const isGiven = (context: Context, name: string): boolean => context(name) !== undefined;

const text = (context: Context, name: string, fallback: string): string => String(context(name) ?? fallback);

/** A value that must match a pattern, described in words. Throws a {@link SetupError}. */
export function matching(context: Context, name: string, fallback: string, { pattern, words }: Rule): string {
  const value = text(context, name, fallback);
  if (pattern.test(value)) return value;
  throw new SetupError(`${name} must be ${words}, but is "${value}".`);
}

/** A value that is one of a few words. Throws a {@link SetupError}. */
export function oneOf<Value extends string>(
  context: Context,
  name: string,
  values: readonly Value[],
  fallback: Value,
): Value {
  const given = text(context, name, fallback);
  const value = values.find((allowed) => allowed === given);
  if (value !== undefined) return value;
  throw new SetupError(`${name} must be one of ${values.join(', ')}, but is "${given}".`);
}

type Range = { readonly min: number; readonly max: number };

/** A value that is a whole number in a range, if it is given. Throws a {@link SetupError}. */
export function wholeNumber(
  context: Context,
  name: string,
  { min, max }: Range = { min: 1, max: 999_999_999 },
): number | undefined {
  if (context(name) === undefined) return undefined;
  const value = text(context, name, '');
  const number = Number(value);
  if (/^\d{1,15}$/.test(value) && number >= min && number <= max) return number;
  throw new SetupError(`${name} must be a whole number from ${min} to ${max}, but is "${value}".`);
}

/** Values with commas between them, each of which must match; none where it isn't given. Throws a {@link SetupError}. */
export function list(context: Context, name: string, { pattern, words }: Rule): readonly string[] {
  if (!isGiven(context, name)) return [];
  const given = text(context, name, '');
  const values = given.split(',').map((value) => value.trim());
  if (values.every((value) => pattern.test(value))) return values;
  throw new SetupError(`${name} must be ${words}, but is "${given}".`);
}
