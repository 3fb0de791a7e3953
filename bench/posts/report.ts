import { table } from '../markdown.ts';
import { spreadOf } from '../statistics.ts';
import { type FanOutSamples, POST_MS } from './fanOuts.ts';
import type { WaySamples } from './perPost.ts';

/** What was measured under one share of a processor; undefined: under no limit. */
export type Shared<Samples> = { readonly share: number | undefined; readonly samples: readonly Samples[] };

const median = (figures: readonly number[]): number => spreadOf(figures).p50;

/** The time that a fan-out would take if posts were nothing but waiting. */
export const idealMs = (recipients: number, concurrency: number): number =>
  Math.ceil(recipients / concurrency) * POST_MS;

/** Medians of each way of sending, in Markdown; the first is what others are compared with. */
export function waysTable({ samples }: Shared<WaySamples>, recipients: number): string {
  const perPost = ({ warm }: WaySamples) => median(warm.map(({ cpuMs }) => (1000 * cpuMs) / recipients));
  const [first] = samples;
  if (!first) throw new Error('there is nothing to compare with');
  const rows = samples.map((one) => {
    const warmMs = median(one.warm.map(({ tookMs }) => tookMs));
    const firstMs = median(one.first.map(({ tookMs }) => tookMs));
    return [
      ...[one.way.name, (one.way.bytes / 1000).toFixed(0), median(one.loadedMs).toFixed(0)],
      `${perPost(one).toFixed(0)} (${(perPost(one) / perPost(first)).toFixed(2)}×)`,
      ...[grouped(recipients / (warmMs / 1000)), grouped(warmMs), grouped(firstMs)],
    ];
  });
  const head = [
    'way',
    'KB',
    'loaded, ms',
    'µs of a processor a post',
    'posts a second',
    'warm, ms',
    'first, ms',
  ];
  return table(head, rows);
}

/** Medians by recipients and concurrency, with how many times the ideal; a column for each share, in Markdown. */
export function fanOutsTable(measured: readonly Shared<FanOutSamples>[]): string {
  const [first] = measured;
  const rows = (first?.samples ?? []).map(({ recipients, concurrency }) => [
    ...[grouped(recipients), concurrency, grouped(idealMs(recipients, concurrency))],
    ...measured.map(({ samples }) => {
      const own = samples.find((one) => one.recipients === recipients && one.concurrency === concurrency);
      const ms = median((own?.fanOuts ?? []).map(({ tookMs }) => tookMs));
      return `${grouped(ms)} (${(ms / idealMs(recipients, concurrency)).toFixed(1)}×)`;
    }),
  ]);
  return table(
    ['recipients', 'at once', 'ideal, ms', ...measured.map(({ share }) => shareName(share))],
    rows,
  );
}

/** A size of memory, and fan-outs with the share of a processor that it has. */
export type AtMemory = { readonly memoryMb: number; readonly samples: readonly FanOutSamples[] };

/** How long fan-outs take at each size of memory and what they bill, in Markdown. */
export function memoryTable(measured: readonly AtMemory[]): string {
  const sizes = measured[0]?.samples.map(({ recipients }) => recipients) ?? [];
  const rows = measured.map(({ memoryMb, samples }) => [
    ...[grouped(memoryMb), shareOf(memoryMb).toFixed(2)],
    ...samples.flatMap(({ fanOuts }) => {
      const ms = median(fanOuts.map(({ tookMs }) => tookMs));
      return [grouped(ms), ((ms / 1000) * (memoryMb / 1024)).toFixed(3)];
    }),
  ]);
  const head = sizes.flatMap((recipients) => [`${grouped(recipients)}, ms`, 'GB-seconds']);
  return table(['MB', 'of a processor', ...head], rows);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html: 1,769 MB are one processor. */
export const shareOf = (memoryMb: number): number => Math.min(1, memoryMb / 1769);

function shareName(share: number | undefined): string {
  return share === undefined ? 'no limit, ms' : `${share} of a processor, ms`;
}

const grouped = (figure: number): string => Math.round(figure).toLocaleString('en');
