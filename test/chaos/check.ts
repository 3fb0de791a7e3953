import type { AckedChat, ReceivedWelcome } from '../harness/ResumingClient.ts';
import type { Frame } from '../harness/TestClient.ts';

/** What one client went through, as it saw it. */
export type ClientHistory = {
  readonly userId: string;
  readonly session: string;
  /** Whether its socket is open at the end. */
  readonly atTheEnd: 'open' | 'closed';
  /** The lines that it showed to its user, as they were shown. */
  readonly shown: readonly Frame[];
  readonly acked: readonly AckedChat[];
  readonly welcomes: readonly ReceivedWelcome[];
  /** Frames that it received and that another meeting's people sent. */
  readonly foreign: readonly Frame[];
};

/** What one meeting came to: its log after everything is over, and its clients. */
export type MeetingHistory = {
  readonly meetingId: string;
  readonly epoch: string;
  readonly log: readonly Frame[];
  readonly clients: readonly ClientHistory[];
};

/** Every promise that a meeting's history breaks, in words; none for a history as it should be. */
export function check(meeting: MeetingHistory): readonly string[] {
  const { meetingId, log, clients } = meeting;
  const problems = [
    ...numberingProblems(log),
    ...chatProblems(log, clients),
    ...presenceProblems(log, clients),
    ...clients.flatMap((client) =>
      clientProblems(client, meeting).map((problem) => `${client.session}: ${problem}`),
    ),
  ];
  return problems.map((problem) => `${meetingId}: ${problem}`);
}

function clientProblems(client: ClientHistory, meeting: MeetingHistory): readonly string[] {
  return [
    ...ackProblems(client, meeting.log),
    ...shownProblems(client, meeting.log),
    ...welcomeProblems(client, meeting),
    ...client.foreign.map((frame) => `received from another meeting ${shortened(frame)}`),
  ];
}

function numberingProblems(log: readonly Frame[]): readonly string[] {
  const wrong = log.findIndex(({ seq }, index) => seq !== index + 1);
  return wrong === -1 ? [] : [`line ${wrong + 1} of the log has seq ${log[wrong]?.seq}`];
}

function chatProblems(log: readonly Frame[], clients: readonly ClientHistory[]): readonly string[] {
  const times = new Map<string, number>();
  for (const { type, data } of log) {
    if (type === 'chat') times.set(textOf(data), (times.get(textOf(data)) ?? 0) + 1);
  }
  const acked = clients.flatMap((client) => client.acked.map(({ data }) => textOf(data)));
  const lost = acked.filter((text) => !times.has(text));
  const doubled = [...times].filter(([, count]) => count > 1);
  return [
    ...lost.map((text) => `${text} was acked and is not in the log`),
    ...doubled.map(([text, count]) => `${text} is in the log ${count} times`),
  ];
}

/** A user's lines alternate, the first a joining, and the last says whether the user is still there. */
function presenceProblems(log: readonly Frame[], clients: readonly ClientHistory[]): readonly string[] {
  const present = new Set<string>();
  const problems: string[] = [];
  for (const line of log) {
    const event = presenceOf(line);
    if (!event) continue;
    const { eventType, userId } = event;
    if (present.has(userId) === (eventType === 'user-joined')) {
      problems.push(`seq ${line.seq}: ${userId} is ${eventType} when it already was`);
    }
    fold(present, line);
  }
  return [...problems, ...endProblems(present, clients)];
}

function endProblems(present: ReadonlySet<string>, clients: readonly ClientHistory[]): readonly string[] {
  const there = new Set(clients.flatMap(({ userId, atTheEnd }) => (atTheEnd === 'open' ? [userId] : [])));
  return [
    ...without(there, present).map((userId) => `${userId} is there and has left by the log`),
    ...without(present, there).map((userId) => `${userId} is gone and still there by the log: a ghost`),
  ];
}

function ackProblems({ acked }: ClientHistory, log: readonly Frame[]): readonly string[] {
  return acked.flatMap(({ data, seq }) => {
    const line = log[seq - 1];
    const isIt = line?.type === 'chat' && textOf(line.data) === textOf(data);
    return isIt ? [] : [`${textOf(data)} was acked with seq ${seq}, which is ${shortened(line)}`];
  });
}

/** From the first welcome on, and for whoever is there at the end up to the end, all was shown, once and in order. */
function shownProblems(client: ClientHistory, log: readonly Frame[]): readonly string[] {
  const { shown, welcomes, atTheEnd } = client;
  const [first] = welcomes;
  if (!first) return atTheEnd === 'open' ? ['was never welcomed'] : [];
  const visible = log.slice(first.welcome.log.seq).filter(({ type }) => type !== 'void');
  const expected = atTheEnd === 'open' ? visible : visible.slice(0, shown.length);
  const length = Math.max(expected.length, shown.length);
  for (let index = 0; index < length; index++) {
    const [line, seen] = [expected[index], shown[index]];
    if (line && seen && isSameLine(line, seen)) continue;
    return [`as line ${index + 1} it showed ${shortened(seen)} instead of ${shortened(line)}`];
  }
  return [];
}

function isSameLine(line: Frame, seen: Frame): boolean {
  return line.seq === seen.seq && line.type === seen.type && textOf(line.data) === textOf(seen.data);
}

function welcomeProblems(client: ClientHistory, { epoch, log }: MeetingHistory): readonly string[] {
  return client.welcomes.flatMap((received) => {
    const { participants, participantCount, log: told } = received.welcome;
    const actual = participants.map(({ userId }) => userId);
    const expected = presentAt(log, told.seq);
    const problems = [
      ...(textOf(actual) === textOf(expected) ? [] : [`names ${actual} instead of ${expected}`]),
      ...(participantCount === expected.length ? [] : [`counts ${participantCount}`]),
      ...(told.epoch === epoch ? [] : [`is of epoch ${told.epoch}, not ${epoch}`]),
      ...recoveryProblems(received, log),
    ];
    return problems.map((problem) => `the welcome at seq ${told.seq} ${problem}`);
  });
}

/** What was missed is there without a hole, up to the end unless there is more. */
function recoveryProblems({ since, welcome }: ReceivedWelcome, log: readonly Frame[]): readonly string[] {
  const { entries, recovered, more, seq } = welcome.log;
  if (since === undefined) return recovered || entries.length > 0 ? ['recovers what nobody asked for'] : [];
  if (!recovered) return ['recovers nothing'];
  const expected = log.slice(since, more ? since + entries.length : seq);
  if (textOf(entries) === textOf(expected)) return [];
  return [`brings ${shortened(entries)} after ${since} instead of ${shortened(expected)}`];
}

/** Who is there by the lines up to this one, by userId upwards. */
function presentAt(log: readonly Frame[], seq: number): readonly string[] {
  const present = new Set<string>();
  for (const line of log.slice(0, seq)) fold(present, line);
  return [...present].sort();
}

function fold(present: Set<string>, line: Frame): void {
  const event = presenceOf(line);
  if (event?.eventType === 'user-joined') present.add(event.userId);
  if (event?.eventType === 'user-left') present.delete(event.userId);
}

function presenceOf({ origin, data }: Frame) {
  return origin === 'server' ? (data as { readonly eventType: string; readonly userId: string }) : undefined;
}

const without = (users: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] =>
  [...users].filter((userId) => !others.has(userId));
const textOf = (value: unknown): string => JSON.stringify(value);
const shortened = (value: unknown): string => (textOf(value) ?? 'nothing').slice(0, 200);
