/** What a run has measured. */
export type JitterRun = {
  readonly clients: number;
  readonly messages: number;
  readonly acked: number;
  readonly waitedMs: number;
  /** Processor time of the load generator. */
  readonly generatorCpuMs: number;
  readonly listeners: readonly {
    readonly losses: number;
    readonly replaysMs: readonly number[];
    readonly welcomes: number;
    readonly recovered: number;
    /** What was dropped because it was known. */
    readonly duplicates: number;
    readonly histories: number;
    /** The numbers of the messages, as they were shown. */
    readonly shown: readonly unknown[];
  }[];
};

/** The figures of a run, as a Markdown table. */
export function summaryOf({ clients, messages, acked, listeners, ...run }: JitterRun): string {
  const sum = (of: (listener: JitterRun['listeners'][number]) => number) =>
    listeners.reduce((total, listener) => total + of(listener), 0);
  const delivered = sum(({ shown }) => new Set(shown).size);
  const expected = clients * acked;
  const replaysMs = listeners.flatMap((listener) => listener.replaysMs).sort((a, b) => a - b);
  const quantile = (share: number) => replaysMs[Math.ceil(replaysMs.length * share) - 1]?.toFixed(0) ?? '–';
  const rows = [
    ['clients, in one meeting', clients],
    ['messages, acked', `${messages}, ${acked}`],
    ['delivered', `${delivered} of ${expected}: ${((100 * delivered) / expected).toFixed(3)} %`],
    ['duplicates shown', sum(({ shown }) => shown.length - new Set(shown).size)],
    [
      'shown out of order',
      sum(({ shown }) => shown.filter((one, at) => at > 0 && !isAfter(one, shown[at - 1])).length),
    ],
    ['connections killed', sum(({ losses }) => losses)],
    [
      'resumptions recovered',
      `${sum(({ recovered }) => recovered)} of ${sum(({ welcomes }) => welcomes - 1)}`,
    ],
    [
      'replay, ms: p50, p99, longest',
      `${quantile(0.5)}, ${quantile(0.99)}, ${quantile(1)} (of ${replaysMs.length})`,
    ],
    ['duplicates dropped, history asked', `${sum((one) => one.duplicates)}, ${sum((one) => one.histories)}`],
    ['until the last message was shown everywhere, s', (run.waitedMs / 1000).toFixed(1)],
    ['processor time of the load generator, s', (run.generatorCpuMs / 1000).toFixed(0)],
  ];
  return ['| what | figure |', '| --- | --- |', ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join(
    '\n',
  );
}

const isAfter = (one: unknown, before: unknown): boolean => Number(one) > Number(before);
