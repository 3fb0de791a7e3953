/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that can't be used: its message names the variable or flag and says what it should be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A variable's value; an empty one counts as unset, as in most shells' scripts. */
export const text = (env: Environment, name: string, fallback: string): string => env[name] || fallback;

/** A variable that is a whole number in a range. Throws a {@link ConfigError}. */
export function wholeNumber(
  env: Environment,
  name: string,
  range: { fallback: number; min: number; max: number },
): number {
  const value = text(env, name, String(range.fallback));
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= range.min && number <= range.max) return number;
  throw new ConfigError(
    `${name} must be a whole number from ${range.min} to ${range.max}, but is "${value}".`,
  );
}

/** A variable that is one of a few words. Throws a {@link ConfigError}. */
export function oneOf<Value extends string>(
  env: Environment,
  name: string,
  values: readonly Value[],
  fallback: Value,
): Value {
  const given = text(env, name, fallback);
  const value = values.find((allowed) => allowed === given);
  if (value !== undefined) return value;
  throw new ConfigError(`${name} must be one of ${values.join(', ')}, but is "${given}".`);
}

/** A variable that must match a pattern, described in words. Throws a {@link ConfigError}. */
export function matching(
  env: Environment,
  name: string,
  rule: { fallback: string; pattern: RegExp; words: string },
): string {
  const value = text(env, name, rule.fallback);
  if (rule.pattern.test(value)) return value;
  throw new ConfigError(`${name} must be ${rule.words}, but is "${value}".`);
}
