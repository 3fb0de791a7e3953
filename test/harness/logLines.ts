import { logEvents } from '../../lambda/shared/logEvents.ts';
import { counterNames, durationNames } from '../../src/meeting/metricNames.ts';
import type { LogLine } from './LogKeeper.ts';

const metricNames: readonly string[] = [...counterNames, ...durationNames];
const ofEveryLine = ['time', 'level', 'event'];

/** What `logEvents` says of an event, whoever names it. */
type Listed = { readonly levels: readonly string[]; readonly fields: readonly string[] };
const listed = new Map<unknown, Listed>(Object.entries(logEvents));

/** The lines of a log that no document knows: of another event, at another level, with another field or metric. */
export const strayLines = (lines: readonly LogLine[]): readonly LogLine[] =>
  lines.filter((line) => !('_aws' in line ? isMetrics(line) : isListed(line)));

function isMetrics({ _aws, ...values }: LogLine): boolean {
  return Object.keys(values).every((name) => metricNames.includes(name));
}

function isListed(line: LogLine): boolean {
  const { event, level } = line;
  // The harness's own, among the functions'.
  if (event === 'store fault') return true;
  const known = listed.get(event);
  if (!known?.levels.includes(String(level))) return false;
  return Object.keys(line).every((name) => ofEveryLine.includes(name) || known.fields.includes(name));
}
