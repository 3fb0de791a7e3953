import type { Announcement, Connection, Entry, Roster } from '../../src/meeting/ports.ts';
import type { CallTo, History } from './History.ts';

/** How everything stood when nobody did anything any more, and the swept was swept. */
export type Ending = {
  readonly log: readonly Entry[];
  readonly head: number;
  readonly roster: Roster;
  readonly members: readonly Connection[];
};

/** A line of the log as the checks read it. */
type Line = {
  readonly seq: number;
  readonly text: string;
  readonly type: string;
  readonly data: unknown;
  readonly coming?: { readonly userId: string; readonly joined: boolean };
};

/** What is wrong with a run, in words; nothing if all rules were kept. */
export function checkLog(history: History, ending: Ending): readonly string[] {
  const lines = ending.log.map(lineOf);
  return [
    ...gaps(lines, ending.head),
    ...alternations(lines),
    ...changedLines(history, lines),
    ...chats(history, lines),
    ...announcements(history, lines),
    ...rosters(history, lines, ending),
    ...hosts(history, ending),
    ...welcomes(history, lines),
  ];
}

/** A line as read. */
function lineOf({ seq, text }: Entry): Line {
  const { type, data, origin } = JSON.parse(text);
  const event = type === 'event' && origin === 'server';
  const coming = event ? { userId: data.userId, joined: data.eventType === 'user-joined' } : undefined;
  return { seq, text, type, data, ...(coming && { coming }) };
}

/** Who is there after the line `seq`. */
function presentAt(lines: readonly Line[], seq: number): readonly string[] {
  const present = new Set<string>();
  for (const { coming, ...line } of lines) {
    if (!coming || line.seq > seq) continue;
    if (coming.joined) present.add(coming.userId);
    else present.delete(coming.userId);
  }
  return [...present].sort();
}

function gaps(lines: readonly Line[], head: number): readonly string[] {
  const seqs = lines.map(({ seq }) => seq).join();
  const expected = Array.from({ length: head }, (_, index) => index + 1).join();
  return seqs === expected ? [] : [`the log up to ${head} is ${seqs}`];
}

function alternations(lines: readonly Line[]): readonly string[] {
  return lines.flatMap(({ seq, coming }) => {
    if (!coming) return [];
    const present = presentAt(lines, seq - 1).includes(coming.userId);
    return present === coming.joined
      ? [`line ${seq}: ${coming.userId} was ${present ? '' : 'not '}there`]
      : [];
  });
}

/** Every line that anybody ever read or was told, with where. */
function seen(history: History): readonly (Entry & { readonly at: number })[] {
  const pages = history
    .to('entries')
    .flatMap(({ answer }) =>
      (answer?.outcome.entries ?? []).map((entry) => ({ ...entry, at: answer?.at ?? 0 })),
    );
  const appended = history
    .to('appendChat')
    .flatMap(({ answer }) =>
      answer && 'entry' in answer.outcome ? [{ ...answer.outcome.entry, at: answer.at }] : [],
    );
  const told = announced(history).map(({ announcement, at }) => ({ ...announcement, at }));
  return [...pages, ...appended, ...told];
}

function changedLines(history: History, lines: readonly Line[]): readonly string[] {
  const kept = new Map(lines.map(({ seq, text }) => [seq, text]));
  return seen(history)
    .filter(({ seq, text }) => kept.get(seq) !== text)
    .map(({ seq, text, at }) => `line ${seq} was ${text} at ${at} and is ${kept.get(seq)}`);
}

function chats(history: History, lines: readonly Line[]): readonly string[] {
  const calls = history.to('appendChat');
  const count = (data: unknown) => lines.filter((line) => line.type === 'chat' && line.data === data).length;
  const lost = calls.flatMap(({ answer, args: [, frame] }) => {
    if (!answer || answer.outcome.outcome === 'request-id-reused') return [];
    const times = count(frame.data);
    return times === 1 ? [] : [`${String(frame.data)} was acked and is in the log ${times} times`];
  });
  const doubled = calls.flatMap(({ args: [, frame] }) =>
    count(frame.data) > 1 ? [`${String(frame.data)} is in the log more than once`] : [],
  );
  return [...lost, ...doubled, ...renamed(calls), ...disowned(calls)];
}

/** The same request has the same line, for ever. */
function renamed(calls: readonly CallTo<'appendChat'>[]): readonly string[] {
  const seqs = new Map<string, number>();
  return calls.flatMap(({ answer, args: [{ userId }, , requestId] }) => {
    if (!requestId || !answer || !('entry' in answer.outcome)) return [];
    const { seq } = answer.outcome.entry;
    const name = `${userId} ${requestId}`;
    const first = seqs.get(name) ?? seq;
    seqs.set(name, first);
    return first === seq ? [] : [`${name} was logged as ${first} and as ${seq}`];
  });
}

/** A request may be refused for another's sake only where there was another with other data. */
function disowned(calls: readonly CallTo<'appendChat'>[]): readonly string[] {
  return calls.flatMap(({ answer, args: [{ userId }, frame, requestId] }) => {
    if (answer?.outcome.outcome !== 'request-id-reused') return [];
    const others = calls.filter(
      ({ args: [sender, other, id], beganAt }) =>
        sender.userId === userId && id === requestId && other.data !== frame.data && beganAt < answer.at,
    );
    return others.length > 0 ? [] : [`${requestId} was refused as used for something else, and wasn't`];
  });
}

type Told = { readonly announcement: Announcement & { readonly seq: number }; readonly at: number };

/** Each line that somebody was handed to tell others of, but for chats. */
function announced(history: History): readonly Told[] {
  const calls = [
    ...history.to('connect'),
    ...history.to('join'),
    ...history.to('leave'),
    ...history.to('remove'),
  ];
  return calls.flatMap(({ answer }) => {
    const outcome = answer?.outcome;
    const announcement = outcome && 'announcement' in outcome ? outcome.announcement : undefined;
    if (!answer || announcement?.seq === undefined) return [];
    return [{ announcement: { seq: announcement.seq, text: announcement.text }, at: answer.at }];
  });
}

function announcements(history: History, lines: readonly Line[]): readonly string[] {
  const told = announced(history).map(({ announcement }) => announcement.seq);
  const appended = history
    .to('appendChat')
    .flatMap(({ answer }) => (answer?.outcome.outcome === 'appended' ? [answer.outcome.entry.seq] : []));
  const handed = [...told, ...appended];
  const twice = handed.filter((seq, index) => handed.indexOf(seq) !== index);
  // Whoever died may have been handed it, and what a crash ended is told by the log alone.
  const unheard = history.crashes.length > 0 || history.calls.some(({ answer }) => !answer);
  const untold = unheard ? [] : lines.filter(({ seq, type }) => type !== 'void' && !handed.includes(seq));
  return [
    ...twice.map((seq) => `line ${seq} was given to two callers to announce`),
    ...untold.map(({ seq }) => `line ${seq} was given to nobody to announce`),
  ];
}

function rosters(history: History, lines: readonly Line[], ending: Ending): readonly string[] {
  const read = history.to('roster').flatMap(({ answer }) => (answer ? [answer] : []));
  return [...read, { at: Number.POSITIVE_INFINITY, outcome: ending.roster }].flatMap(({ outcome, at }) => {
    const { seq, participants } = outcome;
    const there = participants.map(({ userId }) => userId as string).sort();
    const folded = presentAt(lines, seq);
    return there.join() === folded.join()
      ? []
      : [`at ${at} the roster of ${seq} was [${there}], the log folded to it is [${folded}]`];
  });
}

/** Nobody in these runs has a token: the first to join is host, and nobody beside. */
function hosts(history: History, ending: Ending): readonly string[] {
  const read = history.to('roster').flatMap(({ answer }) => (answer ? [answer.outcome] : []));
  return [...read, ending.roster].flatMap(({ seq, participants }) => {
    const hosting = participants.filter(({ role }) => role === 'host').map(({ userId }) => userId);
    return hosting.length > 1 ? [`the roster of ${seq} has the hosts ${hosting}`] : [];
  });
}

/** `recovered` is said where it is true, and only there. Nothing expires in these runs. */
function welcomes(history: History, lines: readonly Line[]): readonly string[] {
  return history.welcomes.flatMap(({ connection, since, frame: { log } }) => {
    const name = `welcome of ${connection.connectionId} at ${log.seq}`;
    const due = since !== undefined && since.epoch === log.epoch && since.seq <= log.seq;
    if (log.recovered !== due) return [`${name}: recovered is ${log.recovered}`];
    const missed = due ? lines.filter(({ seq }) => seq > since.seq && seq <= log.seq) : [];
    const told = log.entries.map((entry) => JSON.stringify(entry));
    const same =
      told.join() ===
      missed
        .slice(0, told.length)
        .map(({ text }) => text)
        .join();
    const whole = log.more ? told.length > 0 : told.length === missed.length;
    return same && whole
      ? []
      : [`${name}: was told ${told.join()} of ${missed.map(({ text }) => text).join()}`];
  });
}
