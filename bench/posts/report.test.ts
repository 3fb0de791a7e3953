import { expect, it } from 'vitest';
import { fanOutsTable, idealMs, memoryTable, waysTable } from './report.ts';

const fanOut = (tookMs: number, cpuMs = tookMs) => ({ tookMs, cpuMs, failed: 0 });

it('takes for ideal that posts are only waited for, also those of a last turn that is not full', () => {
  expect(idealMs(1000, 64)).toBe(160);
  expect(idealMs(100, 256)).toBe(10);
});

it('compares a fan-out with the ideal, at each share', () => {
  const samples = (tookMs: number) => [{ recipients: 1000, concurrency: 64, fanOuts: [fanOut(tookMs)] }];
  const rows = fanOutsTable([
    { share: 0.29, samples: samples(3200) },
    { share: undefined, samples: samples(640) },
  ]).split('\n');
  expect(rows[0]).toBe('| recipients | at once | ideal, ms | 0.29 of a processor, ms | no limit, ms |');
  expect(rows[2]).toBe('| 1,000 | 64 | 160 | 3,200 (20.0×) | 640 (4.0×) |');
});

it('compares ways by the processor time of a post', () => {
  const way = (name: 'the SDK' | 'signed by hand', cpuMs: number) => ({
    way: { name, file: '', bytes: 300_000 },
    ...{ loadedMs: [100], first: [fanOut(4000)], warm: [fanOut(2000, cpuMs)] },
  });
  const samples = [way('the SDK', 500), way('signed by hand', 150)];
  const rows = waysTable({ share: 0.29, samples }, 1000).split('\n');
  expect(rows[2]).toBe('| the SDK | 300 | 100 | 500 (1.00×) | 500 | 2,000 | 4,000 |');
  expect(rows[3]).toContain('| 150 (0.30×) |');
});

it('bills a fan-out by its time and its memory', () => {
  const samples = [{ recipients: 1000, concurrency: 64, fanOuts: [fanOut(2000)] }];
  expect(memoryTable([{ memoryMb: 512, samples }]).split('\n')[2]).toBe('| 512 | 0.29 | 2,000 | 1.000 |');
});
