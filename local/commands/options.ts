import { type ParseArgsConfig, parseArgs } from 'node:util';
import { ConfigError } from '../../lambda/shared/variables.ts';
import { isText, TEXT_RULE } from '../../src/protocol/ids.ts';

type OptionTypes = NonNullable<ParseArgsConfig['options']>;

/** Which deployment, and as whom: what every command that connects takes. */
export const connecting = {
  url: { type: 'string' },
  token: { type: 'string' },
  user: { type: 'string' },
  name: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const satisfies OptionTypes;

/** The help on {@link connecting}. */
export const connectingHelp = `  --url URL       The deployment: ws://127.0.0.1:3001/production, wss://… Unless given, that of this machine, by
                  HOST, PORT, STAGE and TLS_CERT as npm start reads them
  --token TOKEN   Who you are, where tokens are asked for. Unless given, one is made with AUTH_SECRET, if that is set
  --user, --name  Who you are elsewhere. Unless given, somebody new called "Command line"
  --json          JSON instead of text`;

/**
 * Reads options, and as many arguments as there are names. Throws a {@link ConfigError} that says what is wrong.
 */
export function readOptions<const Options extends OptionTypes, const Names extends readonly string[]>(
  argv: readonly string[],
  options: Options,
  names: Names,
) {
  const { values, positionals } = parsed(argv, options);
  const missing = names[positionals.length];
  if (missing !== undefined) throw new ConfigError(`${missing} is missing.`);
  if (positionals.length > names.length) {
    throw new ConfigError(
      `"${positionals[names.length]}" is one argument too many. In quotes, several words are one.`,
    );
  }
  return { values, given: positionals as { [Index in keyof Names]: string } };
}

function parsed<const Options extends OptionTypes>(argv: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error });
  }
}

/** An argument that is an id or a name. Throws a {@link ConfigError}. */
export function textArgument(name: string, value: string): string {
  if (isText(value)) return value;
  throw new ConfigError(`${name} ${TEXT_RULE}.`);
}

/** An option that is a whole number in a range. Throws a {@link ConfigError}. */
export function wholeOption(name: string, value: string, range: { min: number; max: number }): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= range.min && number <= range.max) return number;
  throw new ConfigError(
    `${name} must be a whole number from ${range.min} to ${range.max}, but is "${value}".`,
  );
}
