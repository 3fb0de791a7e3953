import { setTimeout as pause } from 'node:timers/promises';
import { processorMsOf } from '../processor.ts';
import type { LoadJob, LoadResult } from './job.ts';
import { Meeting } from './Meeting.ts';

/** How long the last deliveries are waited for. */
const PATIENCE_MS = 3000;

/** Puts load on a server for some time. */
export async function load(job: LoadJob): Promise<LoadResult> {
  const latenciesMs: number[] = [];
  const meetings = Array.from({ length: job.meetings }, (_, number) => new Meeting(job, number, latenciesMs));
  for (const meeting of meetings) await meeting.open();
  for (const meeting of meetings) meeting.start();
  await pause(job.warmUpMs);
  latenciesMs.length = 0;
  const before = pictureOf(job, meetings);
  await pause(job.measureMs);
  const after = pictureOf(job, meetings);
  const latencies = quantilesOf(latenciesMs);
  for (const meeting of meetings) meeting.stop();
  await drained(meetings);
  const result = {
    ...differenceOf(before, after),
    latenciesMs: latencies,
    sent: sum(meetings, ({ sent }) => sent),
    missing: sum(meetings, missingOf),
    acks: sum(meetings, ({ acks }) => acks),
    refusals: sum(meetings, ({ refusals }) => refusals),
    firstRefusal: meetings.find(({ firstRefusal }) => firstRefusal)?.firstRefusal,
    closedEarly: sum(meetings, ({ closedEarly }) => closedEarly),
  };
  for (const meeting of meetings) meeting.close();
  return result;
}

type Picture = ReturnType<typeof pictureOf>;

function pictureOf({ serverPid }: LoadJob, meetings: readonly Meeting[]) {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    delivered: sum(meetings, ({ delivered }) => delivered),
    deliveredBytes: sum(meetings, ({ deliveredBytes }) => deliveredBytes),
    serverCpuMs: processorMsOf(serverPid),
    generatorCpuMs: (user + system) / 1000,
  };
}

function differenceOf(before: Picture, after: Picture) {
  return {
    measuredMs: after.atMs - before.atMs,
    delivered: after.delivered - before.delivered,
    deliveredBytes: after.deliveredBytes - before.deliveredBytes,
    serverCpuMs:
      after.serverCpuMs === undefined || before.serverCpuMs === undefined
        ? undefined
        : after.serverCpuMs - before.serverCpuMs,
    generatorCpuMs: after.generatorCpuMs - before.generatorCpuMs,
  };
}

async function drained(meetings: readonly Meeting[]): Promise<void> {
  const endsAtMs = performance.now() + PATIENCE_MS;
  // The answers to senders come last.
  while (sum(meetings, missingOf) > 0 && performance.now() < endsAtMs) await pause(10);
  await pause(50);
}

function quantilesOf(figures: readonly number[]): LoadResult['latenciesMs'] {
  const sorted = Float64Array.from(figures).sort();
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  return sorted.length > 0 ? { p50: at(0.5), p99: at(0.99), samples: sorted.length } : undefined;
}

const missingOf = ({ expected, delivered }: Meeting): number => expected - delivered;

const sum = (meetings: readonly Meeting[], of: (meeting: Meeting) => number): number =>
  meetings.reduce((total, meeting) => total + of(meeting), 0);
