import { expect, it } from 'vitest';
import { telemetryContract } from '../../test/contracts/telemetry.ts';
import { EmfTelemetry } from './EmfTelemetry.ts';

const started = () => {
  const lines: Record<string, unknown>[] = [];
  return {
    lines,
    telemetry: new EmfTelemetry({
      namespace: 'Staging',
      write: (line) => lines.push(JSON.parse(line)),
      now: () => 1_795_000_000_000,
    }),
  };
};

telemetryContract('embedded metric format', () => {
  const { lines, telemetry } = started();
  return {
    telemetry,
    read: (name) => {
      telemetry.flush();
      const value = lines.findLast((line) => name in line)?.[name];
      return Array.isArray(value) ? value.length : (value as number | undefined);
    },
  };
});

it('writes one line of an invocation, as CloudWatch reads it', () => {
  const { lines, telemetry } = started();
  telemetry.count('ConnectionsOpened', 1);
  telemetry.time('FanOutTime', 12.5);
  telemetry.flush();
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: 1_795_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Staging',
            Dimensions: [[]],
            Metrics: [
              { Name: 'ConnectionsOpened', Unit: 'Count' },
              { Name: 'FanOutTime', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      ConnectionsOpened: 1,
      FanOutTime: [12.5],
    },
  ]);
});

it('writes nothing of an invocation that counted nothing, and nothing twice', () => {
  const { lines, telemetry } = started();
  telemetry.flush();
  telemetry.count('Errors', 1);
  telemetry.flush();
  telemetry.flush();
  expect(lines.map(({ Errors }) => Errors)).toEqual([1]);
});

it('writes no more values of a metric than CloudWatch takes', () => {
  const { lines, telemetry } = started();
  for (let times = 0; times < 150; times++) telemetry.time('FanOutTime', times);
  telemetry.flush();
  expect(lines[0]?.FanOutTime).toHaveLength(100);
});
