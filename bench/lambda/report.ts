import { type Spread, spreadOf } from '../statistics.ts';
import type { Build } from './builds.ts';
import type { BundleContents } from './bundleContents.ts';
import type { ColdStart } from './coldStart.ts';
import type { Row, Samples } from './rounds.ts';

/** Bytes and files of each build, as a Markdown table. */
export function sizesTable(builds: readonly Build[]): string {
  const rows = builds.map(({ functionName, kind, files, bytes, zipBytes }) => [
    ...[functionName, kind, files],
    ...[kilobytes(bytes), kilobytes(zipBytes)],
  ]);
  return table(['function', 'build', 'files', 'KB', 'zip KB'], rows);
}

/** What each bundle consists of, in kilobytes, as a Markdown table; the largest parts of the first function first. */
export function contentsTable(contents: readonly BundleContents[]): string {
  const parts = [...new Set(contents.flatMap(({ bytesByPart }) => Object.keys(bytesByPart)))];
  const bytesOf = (part: string) =>
    Math.max(...contents.map(({ bytesByPart: { [part]: bytes = 0 } }) => bytes));
  const rows = parts
    .filter((part) => bytesOf(part) > 0)
    .sort((a, b) => bytesOf(b) - bytesOf(a))
    .map((part) => [part, ...contents.map(({ bytesByPart }) => kilobytes(bytesByPart[part] ?? 0))]);
  return table(['KB of the bundle', ...contents.map(({ functionName }) => functionName)], rows);
}

/** Medians of each row's milliseconds, with the 10th and 90th percentiles, as a Markdown table. */
export function startsTable(samples: Samples): string {
  const rows = samples.map(({ row, starts }) => {
    const answered = answeredOf(starts);
    return [
      ...[nameOf(row), 'functionName' in row ? row.kind : 'control'],
      spread(spreadOf(starts.map(({ loadedMs }) => loadedMs))),
      answered.length > 0 ? spread(spreadOf(answered)) : '',
      'functionName' in row ? timesBundled(row, starts, samples) : '',
      warm(starts.flatMap(({ warmMs }) => warmMs ?? [])),
      warm(starts.flatMap(({ warmCpuMs }) => warmCpuMs ?? [])),
    ];
  });
  const warmHead = ['warm, ms', 'ms of a processor, warm'];
  return table(['function', 'build', 'loaded, ms', 'answered, ms', 'times bundled', ...warmHead], rows);
}

/** How many times as long as the bundle of the same round it took until the answer. */
function timesBundled(row: Build, starts: readonly ColdStart[], samples: Samples): string {
  if (row.kind === 'bundled') return '1';
  const bundled = samples.find(
    (other) =>
      'functionName' in other.row &&
      other.row.kind === 'bundled' &&
      other.row.functionName === row.functionName,
  );
  const bundledMs = answeredOf(bundled?.starts ?? []);
  return spread(spreadOf(answeredOf(starts).map((ms, round) => ms / (bundledMs[round] ?? Number.NaN))), 2);
}

const warm = (figures: readonly number[]): string => (figures.length > 0 ? spread(spreadOf(figures), 1) : '');

const answeredOf = (starts: readonly ColdStart[]): readonly number[] =>
  starts.flatMap(({ answeredMs }) => answeredMs ?? []);

function nameOf(row: Row): string {
  if ('functionName' in row) return row.functionName;
  return row.kind === 'bare' ? '(node, nothing loaded)' : '(a handler that does nothing)';
}

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0);

const spread = ({ p10, p50, p90 }: Spread, digits = 0): string =>
  `${p50.toFixed(digits)} (${p10.toFixed(digits)}–${p90.toFixed(digits)})`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
