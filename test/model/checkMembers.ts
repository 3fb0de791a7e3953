import type {
  Audience,
  Connection,
  ConnectOutcome,
  JoinOutcome,
  MembershipLimits,
  RemoveOutcome,
} from '../../src/meeting/ports.ts';
import type { Ending } from './check.ts';
import type { CallTo, History } from './History.ts';

/** From when to when something holds, by the history's count: surely, and at the most. */
type Span = { readonly possibly: number; readonly surely: number };

/** When a connection became a member, and when it stopped being one. */
type Membership = { readonly connection: Connection; readonly from: Span; readonly until: Span };

const never = Number.POSITIVE_INFINITY;

/** What is wrong with who was told to be a member, in words. */
export function checkMembers(
  history: History,
  limits: MembershipLimits,
  ending: Ending,
  strict: boolean,
): readonly string[] {
  const memberships = membershipsOf(history);
  return [
    ...history.to('recipients').flatMap((call) => wrongRecipients(call, memberships)),
    ...history.to('recipients').flatMap((call) => excess(call, history, limits, strict)),
    ...memberships.flatMap((membership) => wrongEnding(membership, ending)),
    ...memberships.flatMap((membership) => missedLines(membership, history)),
    ...pardons(history),
  ];
}

/** Whoever was welcomed before a line was there is sent it live, unless it is that line's author, or was acked it. */
function missedLines({ connection, until }: Membership, history: History): readonly string[] {
  const { connectionId } = connection;
  const { welcomes, sends } = history;
  const acked = history
    .to('appendChat')
    .filter(({ args: [sender] }) => sender.connectionId === connectionId)
    .map(({ answer }) => answer && 'entry' in answer.outcome && answer.outcome.entry.seq);
  const welcomed = welcomes.filter((welcome) => welcome.connection.connectionId === connectionId);
  const known = Math.min(...welcomed.map(({ frame }) => frame.log.seq));
  return sends.flatMap(({ at, to, text }) => {
    const { seq = 0, from } = JSON.parse(text);
    if (seq <= known || until.possibly < at || to.includes(connectionId) || acked.includes(seq)) return [];
    return from.connectionId === connectionId
      ? []
      : [`${connectionId} knew ${known} and was not sent ${text}`];
  });
}

type Coming = CallTo<'connect'> | CallTo<'join'>;

function membershipsOf(history: History): readonly Membership[] {
  const connects = history.to('connect');
  const joins = history.to('join');
  const comings: readonly Coming[] = [...connects, ...joins];
  return connects.map(({ args: [connection] }) => {
    const own = comings.filter(
      ({ method, args: [{ connectionId }] }) =>
        connectionId === connection.connectionId && (connection.client === 'plain' || method === 'join'),
    );
    const done = own.filter(({ answer }) => isIn(answer?.outcome));
    return {
      connection,
      from: {
        possibly: Math.min(never, ...own.map(({ beganAt }) => beganAt)),
        surely: Math.min(never, ...done.map(({ answer }) => answer?.at ?? never)),
      },
      until: endOf(connection, history, comings),
    };
  });
}

const isIn = (outcome: ConnectOutcome | JoinOutcome | undefined): boolean =>
  outcome !== undefined && 'evicted' in outcome;

/** A leave ends it, and an arrival that evicts it: one that was never answered may have. */
function endOf(connection: Connection, history: History, comings: readonly Coming[]): Span {
  const { connectionId, userId } = connection;
  const leaves = history.to('leave').filter(({ args: [gone] }) => gone.connectionId === connectionId);
  const evictions = comings.filter(({ answer, args: [newcomer] }) => {
    if (newcomer.userId !== userId || newcomer.connectionId === connectionId) return false;
    return !answer || evictedBy(answer.outcome).includes(connectionId);
  });
  const removals = history
    .to('remove')
    .filter(
      ({ answer, args: [user] }) =>
        user.userId === userId && (!answer || removedBy(answer.outcome, connectionId)),
    );
  const ends = [...leaves, ...evictions, ...removals];
  const [arrival] = comings.filter(({ args: [newcomer] }) => newcomer.connectionId === connectionId);
  const crash = history.crashes.find((at) => at > (arrival?.beganAt ?? never)) ?? never;
  return {
    possibly: Math.min(crash, ...ends.map(({ beganAt }) => beganAt)),
    surely: Math.min(crash, ...ends.map(({ answer }) => answer?.at ?? never)),
  };
}

const evictedBy = (outcome: ConnectOutcome | JoinOutcome): readonly string[] =>
  'evicted' in outcome ? outcome.evicted.map(({ connectionId }) => connectionId) : [];

const removedBy = (outcome: RemoveOutcome, connectionId: string): boolean =>
  outcome.outcome === 'removed' && outcome.removed.some((gone) => gone.connectionId === connectionId);

/** Who was removed is let in by nobody who was asked after that. */
function pardons(history: History): readonly string[] {
  const removals = history
    .to('remove')
    .flatMap(({ answer, args: [{ userId }] }) =>
      answer?.outcome.outcome === 'removed' ? [{ userId, at: answer.at }] : [],
    );
  const comings: readonly Coming[] = [...history.to('connect'), ...history.to('join')];
  return comings.flatMap(({ method, answer, beganAt, args: [{ connectionId, userId, client }] }) => {
    const removed = removals.find((removal) => removal.userId === userId && removal.at < beganAt);
    const member = method === 'join' || client === 'plain';
    return removed && member && isIn(answer?.outcome)
      ? [`${connectionId} came in at ${beganAt}, whose user was removed at ${removed.at}`]
      : [];
  });
}

/** Whoever was one all the while must be there; whoever was none at any moment must not. */
function wrongRecipients(
  { answer, beganAt, args: [audience] }: CallTo<'recipients'>,
  memberships: readonly Membership[],
): readonly string[] {
  if (!answer) return [];
  const got = new Set(answer.outcome.map(({ connectionId }) => connectionId));
  const during = { from: beganAt, until: answer.at };
  return memberships.flatMap((membership) => {
    const { connection } = membership;
    const fault = got.has(connection.connectionId)
      ? intrusion(membership, during)
      : isNamed(connection, audience) && omission(membership, during);
    return fault ? [`${connection.connectionId}, read at ${beganAt} to ${answer.at}, ${fault}`] : [];
  });
}

type During = { readonly from: number; readonly until: number };

function intrusion({ from, until }: Membership, during: During): string | false {
  if (until.surely < during.from) return `had been removed at ${until.surely}`;
  return from.possibly > during.until && 'was no member yet';
}

const omission = ({ from, until }: Membership, during: During): string | false =>
  from.surely < during.from &&
  until.possibly > during.until &&
  `was a member since ${from.surely}, is missing`;

function isNamed({ connectionId, userId }: Connection, audience: Audience): boolean {
  switch (audience.kind) {
    case 'meeting':
      return true;
    case 'user':
      return audience.userId === userId;
    case 'connection':
      return audience.connectionId === connectionId;
  }
}

/** Each renewal may leave one too many for a while. */
function excess(
  { answer, args: [audience] }: CallTo<'recipients'>,
  history: History,
  limits: MembershipLimits,
  strict: boolean,
): readonly string[] {
  if (!answer || audience.kind !== 'meeting') return [];
  const counts = new Map<string, number>();
  for (const { userId } of answer.outcome) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  const renewing = new Set(
    history
      .to('join')
      .flatMap(({ args: [{ userId }, { replaces }] }) => (replaces ? [userId as string] : [])),
  );
  const most = limits.connectionsPerMeeting + renewing.size;
  const many = [...counts].filter(
    ([userId, n]) => n > limits.connectionsPerUser + (renewing.has(userId) ? 1 : 0),
  );
  return [
    ...many.map(([userId, n]) => `${userId} held ${n} connections at ${answer.at}`),
    ...(strict && answer.outcome.length > most
      ? [`the meeting held ${answer.outcome.length} at ${answer.at}`]
      : []),
  ];
}

/** Whoever was never removed is there in the end. */
function wrongEnding(
  { connection, from, until }: Membership,
  { roster, members }: Ending,
): readonly string[] {
  const { connectionId, userId } = connection;
  const isMember = members.some((member) => member.connectionId === connectionId);
  if (until.surely < never && isMember) return [`${connectionId} was removed and is a member in the end`];
  if (from.surely === never || until.possibly < never) return [];
  const joined = members.find((member) => member.connectionId === connectionId)?.joinedAtMs !== undefined;
  const shown = roster.participants
    .filter((participant) => participant.userId === userId)
    .some(({ connections }) => connections.some((other) => other.connectionId === connectionId));
  if (!isMember) return [`${connectionId} was never removed and is no member in the end`];
  return joined === shown ? [] : [`${connectionId} is ${shown ? '' : 'not '}in the roster`];
}
