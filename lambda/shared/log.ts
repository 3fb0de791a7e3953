import type { LogEvent, LogEventAt, LogFieldsOf } from './logEvents.ts';

/** From the most to the least talkative. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** How much is logged. */
export type LogLevel = (typeof logLevels)[number];

/** Facts by which lines are found, whatever their event. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line an event, at each level: the events and fields of `logEvents`, and no others. */
export type Log = {
  readonly [Level in LogLevel]: <Event extends LogEventAt<Level>>(
    event: Event,
    fields?: LogFieldsOf<Event>,
  ) => void;
};

/** What a log needs. */
export type LogOptions = {
  readonly level: LogLevel;
  /** Takes one line without its line break. */
  readonly write: (line: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** A log of JSON lines, as CloudWatch Logs Insights and every log shipper read them. */
export function createLog({ level, write, now }: LogOptions): Log {
  const lowest = logLevels.indexOf(level);
  const at = (lineLevel: LogLevel) => {
    if (logLevels.indexOf(lineLevel) < lowest) return () => {};
    return (event: LogEvent, fields: LogFields = {}): void => {
      const time = new Date(now()).toISOString();
      write(encode({ time, level: lineLevel, event, ...fields }));
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Logging never throws: what JSON can't say (cycles, BigInts) is named instead. */
function encode(line: LogFields): string {
  try {
    return JSON.stringify(line, withErrors);
  } catch (error) {
    const { time, level, event } = line;
    return JSON.stringify({ time, level, event, unloggable: String(error) });
  }
}

/** JSON has no notion of an Error: its fields aren't enumerable. */
function withErrors(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause };
}
