import { counted, table } from '../text.ts';
import type { LatencySummary } from './Latencies.ts';
import type { ConnectionCounts, LoadRun } from './LoadRun.ts';
import { connectionsOf, type LoadPlan, messagesOf } from './plan.ts';
import type { Codes, Counts } from './Tally.ts';

/** What a load test found. Durations are in milliseconds, from when a message was due. */
export type LoadReport = {
  /** Everything asked for was opened, and everything acked was delivered. */
  readonly passed: boolean;
  readonly interrupted: boolean;
  readonly url: string;
  readonly plan: LoadPlan;
  readonly connections: ConnectionCounts;
  readonly messages: Pick<Counts, 'sent' | 'acked' | 'refused' | 'unanswered'>;
  readonly deliveries: Pick<Counts, 'expected' | 'delivered' | 'lost' | 'lostWithConnection' | 'duplicates'>;
  readonly latencyMs: Readonly<Record<'join' | 'ack' | 'delivery' | 'sentLate', LatencySummary>>;
};

/** Makes the report of a test that is over. */
export function reportOf(
  {
    tally,
    joinMs,
    connections,
  }: Pick<LoadRun, 'tally' | 'joinMs'> & {
    readonly connections: ConnectionCounts;
  },
  about: Pick<LoadReport, 'url' | 'plan' | 'interrupted'>,
): LoadReport {
  const { sent, acked, refused, unanswered, ...deliveries } = tally.counts();
  const allOpened = connections.opened === connections.asked && total(connections.ended) === 0;
  return {
    passed: allOpened && deliveries.lost === 0 && unanswered === 0 && (acked > 0 || about.interrupted),
    ...about,
    connections,
    messages: { sent, acked, refused, unanswered },
    deliveries,
    latencyMs: {
      join: joinMs.summary(),
      ack: tally.ackMs.summary(),
      delivery: tally.deliveryMs.summary(),
      sentLate: tally.lateMs.summary(),
    },
  };
}

/** The report as a person reads it. */
export function inWords(report: LoadReport): string {
  const { connections, messages, deliveries, latencyMs, interrupted } = report;
  const { lost, lostWithConnection, duplicates } = deliveries;
  const with_ = lostWithConnection > 0 ? ` (${lostWithConnection} with their connections)` : '';
  const rows = [
    [
      'Connections',
      `${connections.opened} of ${connections.asked} opened${codes(connections.refused)}, ${total(connections.ended)} lost${codes(connections.ended)}`,
    ],
    [
      'Messages',
      `${messages.sent} sent, ${messages.acked} acked, ${total(messages.refused)} refused${codes(messages.refused)}, ${messages.unanswered} unanswered`,
    ],
    [
      'Deliveries',
      `${deliveries.delivered} of ${deliveries.expected}, ${lost} lost${with_}, ${duplicates} more than once`,
    ],
  ];
  const widest = Math.max(...rows.map(([name = '']) => name.length));
  const facts = rows.map(([name = '', words]) => `${name.padEnd(widest)}  ${words}`).join('\n');
  const durations = table(
    ['ms', 'p50', 'p90', 'p99', 'max'],
    [
      ['join', ...cells(latencyMs.join)],
      ['ack', ...cells(latencyMs.ack)],
      ['delivery', ...cells(latencyMs.delivery)],
      ['sent late', ...cells(latencyMs.sentLate)],
    ],
  );
  return `${facts}\n\n${durations}\n\n${interrupted ? 'It was ended early. ' : ''}${verdict(report)}`;
}

/** What a plan comes to, in a sentence for whoever pays. */
export function planInWords(plan: LoadPlan, url: string): string {
  const messages = messagesOf(plan);
  const deliveries = messages * (plan.people - 1);
  return `${counted(connectionsOf(plan), 'connection')} to ${url}, ${counted(messages, 'message')} of ${plan.size} bytes in ${plan.seconds} s, and ${counted(deliveries, 'delivery', 'deliveries')}`;
}

function verdict({ passed, connections, messages, deliveries }: LoadReport): string {
  if (passed) return 'Nothing was lost.';
  const faults = [
    deliveries.lost > 0 ? `${counted(deliveries.lost, 'delivery', 'deliveries')} lost` : [],
    messages.unanswered > 0 ? `${counted(messages.unanswered, 'message')} unanswered` : [],
    total(connections.ended) > 0 ? `${counted(total(connections.ended), 'connection')} lost` : [],
    connections.opened < connections.asked
      ? `${counted(connections.asked - connections.opened, 'connection')} not opened`
      : [],
    messages.acked === 0 ? 'no message acked' : [],
  ].flat();
  return `FAILED: ${faults.join(', ')}.`;
}

const cells = ({ p50, p90, p99, max }: LatencySummary): string[] =>
  [p50, p90, p99, max].map((ms) => (ms === null ? '–' : ms.toFixed(ms < 10 ? 2 : 0)));

const total = (counts: Codes): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

const codes = (counts: Codes): string => {
  const listed = Object.entries(counts).map(([code, count]) => `${code}: ${count}`);
  return listed.length > 0 ? ` (${listed.join(', ')})` : '';
};
