import type { ContestantName } from './contestants.ts';
import type { LoadJob } from './generator/job.ts';

/** A kind of load that all contestants are put under. */
export type Case = Pick<LoadJob, 'meetings' | 'recipients' | 'target' | 'inFlight' | 'dataBytes'> & {
  readonly name: string;
  /** Whether CloudMeetX logs such messages if they are chats. */
  readonly canBeLogged: boolean;
};

/** A column of the tables: CloudMeetX has two where a message may be logged. */
export type Entrant = {
  readonly name: string;
  readonly contestant: ContestantName;
  readonly messageType: string;
};

/** How much is measured. */
export type Plan = {
  readonly cases: readonly Case[];
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly starts: number;
  readonly idleConnections: number;
  /** As many connections one process of CloudMeetX is to hold, as far as it may open files. */
  readonly heldConnections: number;
  /** After collecting garbage, until memory is read. */
  readonly settlingMs: number;
};

const SATURATION = 16;

type Shape = Omit<Case, 'inFlight'>;

const broadcast = { target: 'meeting', dataBytes: 200, canBeLogged: true } as const;
const direct = { target: 'user', recipients: 1, dataBytes: 200, canBeLogged: false } as const;
const signals = { ...direct, dataBytes: 4096 } as const;
const hundred = { name: '1 × 100', meetings: 1, recipients: 100, ...broadcast };

const broadcasts: readonly Shape[] = [
  hundred,
  { name: '50 × 5', meetings: 50, recipients: 5, ...broadcast },
  { name: '1 × 1,000', meetings: 1, recipients: 1000, ...broadcast },
];

const pairs = (meetings: number, words: string): readonly Shape[] => [
  { name: `direct, ${words}`, meetings, ...direct },
  { name: `4 KB signals, ${words}`, meetings, ...signals },
];

/** Everything: about ten minutes. */
export const fullPlan: Plan = {
  cases: [
    ...[...broadcasts, ...pairs(50, '50 pairs')].map((shape) => ({ ...shape, inFlight: SATURATION })),
    ...[...broadcasts, ...pairs(1, 'one pair')].map((shape) => ({ ...shape, inFlight: 1 })),
  ],
  ...{ rounds: 5, warmUpMs: 700, measureMs: 1000, starts: 7, idleConnections: 10_000, settlingMs: 700 },
  heldConnections: 20_000,
};

/** Whether it works at all, and roughly how it stands: less than a minute. */
export const quickPlan: Plan = {
  cases: [SATURATION, 1].map((inFlight) => ({ ...hundred, inFlight })),
  ...{ rounds: 1, warmUpMs: 300, measureMs: 500, starts: 1, idleConnections: 500, settlingMs: 200 },
  heldConnections: 1000,
};

/** Who takes part in a case. Other servers log nothing, whatever a message's type. */
export function entrantsOf(
  { canBeLogged, dataBytes }: Case,
  names: readonly ContestantName[],
): readonly Entrant[] {
  const unlogged = dataBytes > 1000 ? 'signal' : 'message';
  return names.flatMap((contestant): Entrant[] => {
    if (contestant !== 'CloudMeetX' || !canBeLogged)
      return [{ name: contestant, contestant, messageType: unlogged }];
    return [
      { name: 'CloudMeetX, logged', contestant, messageType: 'chat' },
      { name: 'CloudMeetX', contestant, messageType: unlogged },
    ];
  });
}
