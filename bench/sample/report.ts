import { spreadOf } from '../statistics.ts';
import type { Spent } from './countingDynamoDB.ts';

/** A message, and which function it goes to. */
export type Message = {
  readonly way: string;
  readonly by: 'ours' | 'sample';
  readonly body: Readonly<Record<string, unknown>>;
};

/** What one message has taken. */
export type Spending = Spent & {
  readonly way: string;
  /** Connections of other meetings in the table. */
  readonly others: number;
  readonly posts: number;
  readonly tookMs: number;
};

/** Medians of each way, as a Markdown table; the calls are those of its last message. */
export function messagesTable(spendings: readonly Spending[]): string {
  const keys = [...new Set(spendings.map(({ way, others }) => `${way}|${others}`))];
  const rows = keys.map((key) => {
    const own = spendings.filter(({ way, others }) => `${way}|${others}` === key);
    const median = (of: (spending: Spending) => number) => spreadOf(own.map(of)).p50;
    const [last] = own.slice(-1);
    return [
      ...[last?.way, last?.others.toLocaleString('en')],
      Object.entries(last?.calls ?? {})
        .map(([name, count]) => (count > 1 ? `${count} ${name}` : name))
        .join(', '),
      ...[median(({ capacityUnits }) => capacityUnits), median(({ posts }) => posts)],
      median(({ tookMs }) => tookMs).toFixed(0),
    ];
  });
  const head = ['', 'others in the table', 'calls of DynamoDB', 'capacity units', 'posts', 'ms'];
  const line = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
