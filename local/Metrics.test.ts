import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { telemetryContract } from '../test/contracts/telemetry.ts';
import { Metrics } from './Metrics.ts';

const gauges = { connections: 2, memoryBytes: 1000 };

/** The samples of a text, by their names. */
const samplesOf = (metrics: Metrics): Readonly<Record<string, string>> =>
  Object.fromEntries(
    metrics
      .text(gauges)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(' ') as [string, string]),
  );

const sampleNames: Readonly<Record<string, string>> = {
  MessagesSent: 'cloudmeetx_messages_sent_total',
  Throttles: 'cloudmeetx_throttles_total',
  FanOutTime: 'cloudmeetx_fan_out_seconds_count',
};

telemetryContract('Prometheus', () => {
  const metrics = new Metrics();
  return { telemetry: metrics, read: (name) => Number(samplesOf(metrics)[sampleNames[name] ?? '']) };
});

it('tells of every metric from the start on, so that a rate can be taken of the first', () => {
  expect(samplesOf(new Metrics())).toMatchObject({
    cloudmeetx_connections_opened_total: '0',
    cloudmeetx_errors_total: '0',
    'cloudmeetx_fan_out_seconds_bucket{le="+Inf"}': '0',
    cloudmeetx_connections: '2',
    process_resident_memory_bytes: '1000',
  });
});

it('counts durations in classes, each with all that are shorter', () => {
  const metrics = new Metrics();
  for (const durationMs of [0.5, 1, 30, 9000]) metrics.time('FanOutTime', durationMs);
  const samples = samplesOf(metrics);
  const bucket = (end: string) => samples[`cloudmeetx_fan_out_seconds_bucket{le="${end}"}`];
  expect(['0.001', '0.01', '0.05', '5', '+Inf'].map(bucket)).toEqual(['2', '2', '3', '3', '4']);
  expect(Number(samples.cloudmeetx_fan_out_seconds_sum)).toBeCloseTo(9.0315);
});

it('has each of its names in docs/metrics.md, and no name there that is none', () => {
  const documented = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/`(cloudmeetx_\w+|process_\w+)`/g)];
  const names = Object.keys(samplesOf(new Metrics())).map((name) =>
    name.replace(/\{.*/, '').replace(/_(bucket|sum|count)$/, ''),
  );
  expect(new Set(documented.map(([, name]) => name))).toEqual(new Set(names));
});
