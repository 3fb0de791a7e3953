/**
 * A connection's rate as a line of time, on which each message takes up one interval: a second holds as many as the
 * rate says. Whole microseconds, since DynamoDB counts in decimals and JavaScript doesn't.
 *
 * Why no more than the limit is ever granted: a message that comes at `g` takes an interval that begins within
 * [g, g + (burst − 1) × interval], and no interval is given twice. Those of all messages that come from t1 to t2 lie
 * between t1 and t2 + burst × interval; so they are at most rate × (t2 − t1) + burst. It needs no common count and no
 * order among instances, but clocks that agree: where one is ahead of another by d, it is rate × d more, once.
 */
export type Line = {
  /** What one message takes up. */
  readonly intervalUs: number;
  /** How far ahead of now the line may be taken up. */
  readonly burstUs: number;
};

/**
 * A stretch of a connection's line that one instance alone gives to messages, without asking the table. It can't be
 * hoarded: what begins before now is lost.
 */
export type Lease = {
  readonly id: string;
  /** Up to where messages have taken it up. */
  readonly usedUntilUs: number;
  readonly untilUs: number;
  readonly leasedAtUs: number;
  /** How many messages it was made for, and how many have been granted from it. */
  readonly wanted: number;
  readonly granted: number;
};

const MOST_MESSAGES = 10;

/**
 * Of what is free, one lease takes this part at most. Whoever sends less than the rate allows is then hardly ever
 * refused for what other instances hold and don't use: the less is free, the less they take.
 */
const LARGEST_PART = 1 / 3;

/** The line of so many messages a second with a burst. */
export function lineOf({ messagesPerSecond, burst }: { messagesPerSecond: number; burst: number }): Line {
  // Rounded up: rather too few than too many.
  const intervalUs = Math.ceil(1_000_000 / messagesPerSecond);
  return { intervalUs, burstUs: burst * intervalUs };
}

/** The lease after one more message, or undefined if that doesn't fit into it. */
export function grantFrom(lease: Lease, line: Line, nowUs: number): Lease | undefined {
  const usedUntilUs = Math.max(lease.usedUntilUs, nowUs) + line.intervalUs;
  if (usedUntilUs > lease.untilUs) return undefined;
  return { ...lease, usedUntilUs, granted: lease.granted + 1 };
}

/** How long a message has to wait where the line is taken up until then; 0: not at all. */
export function waitUs(takenUntilUs: number, line: Line, nowUs: number): number {
  return Math.max(0, Math.max(takenUntilUs, nowUs) + line.intervalUs - nowUs - line.burstUs);
}

/** What an instance is about to lease: for how many messages, and how much of the line. */
export type Demand = Pick<Lease, 'wanted'> & { readonly stretchUs: number };

/**
 * How much to lease from where the line is taken up: one interval at first, and as long as leases are used up enough for
 * more messages, ten at most, at the pace at which they come. What holds no second message is no better than one interval.
 */
export function demandOf(
  previous: Lease | undefined,
  line: Line,
  at: { readonly takenUntilUs: number; readonly nowUs: number },
): Demand {
  const { intervalUs, burstUs } = line;
  if (!previous) return { wanted: 1, stretchUs: intervalUs };
  const { granted, leasedAtUs } = previous;
  const wanted = granted < previous.wanted ? granted : Math.min(MOST_MESSAGES, 2 * granted);
  const paceUs = Math.max(intervalUs, (at.nowUs - leasedAtUs) / granted);
  const freeUs = at.nowUs + burstUs - Math.max(at.takenUntilUs, at.nowUs);
  const usefulUs = Math.min(wanted * paceUs, freeUs * LARGEST_PART);
  if (usefulUs < paceUs + intervalUs) return { wanted: 1, stretchUs: intervalUs };
  return { wanted, stretchUs: Math.floor(usefulUs / intervalUs) * intervalUs };
}
