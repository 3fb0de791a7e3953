import type { Attributes, DepartureReason, EventFrame, Participant } from '../protocol/participants.ts';
import type { Clock } from './clock.ts';
import type { ClientEvents } from './events.ts';
import type { Frame } from './frames.ts';
import { type MeetingParticipant, newestOfSessions } from './participants.ts';
import { Timers } from './Timers.ts';
import { HOLD_MS } from './timing.ts';

/** A connection of someone's, and what it is called. */
type Place = {
  readonly userId: string;
  readonly connectionId: string;
  readonly session?: string | undefined;
};

/** Is told of changes, in the words of the client's events. */
export type RosterReport = <Name extends keyof ClientEvents>(name: Name, payload: ClientEvents[Name]) => void;

/** A participant, and up to which line of the log the word on it holds. */
export type KnownParticipant = { readonly participant: Participant; readonly asOf: number };

/** A whole roster, as a welcome and its pages tell it. */
export type WholeRoster = {
  readonly seq: number;
  readonly participants: readonly KnownParticipant[];
  /** Those before `seq` that were missed: they say why somebody left. */
  readonly lines: readonly Frame[];
};

/**
 * Who is there: what a welcome says, then what events say. Logged events come in their order, `user-updated` at any time:
 * the highest `rev` holds, and one that overtook its `user-joined` waits for it.
 */
export class Roster {
  readonly #report: RosterReport;
  readonly #people = new Map<string, MeetingParticipant>();
  /** Those of whoever lost their connection, and are held for a while, by user. */
  readonly #holds: Timers<string>;
  /** Words on stays that no `user-joined` has told of yet. */
  readonly #early = new Map<string, Participant>();
  readonly #asOf = new Map<string, number>();
  #seq = 0;

  constructor(clock: Clock, report: RosterReport) {
    this.#holds = new Timers(clock);
    this.#report = report;
  }

  /** Everyone, in the order in which they became known. */
  list(): readonly MeetingParticipant[] {
    return [...this.#people.values()];
  }

  /** The newest connection that is called so, of this user if one is named: others may call a session the same. */
  find({ userId, session, connectionId }: Partial<Place>): Place | undefined {
    return this.list()
      .flatMap((participant) =>
        participant.connections.map((connection) => ({ ...connection, userId: participant.userId })),
      )
      .findLast(
        (place) =>
          place.userId === (userId ?? place.userId) &&
          place.session === (session ?? place.session) &&
          place.connectionId === (connectionId ?? place.connectionId),
      );
  }

  /** Takes a welcome's word for the log having begun anew: what was known by line no longer holds. */
  forgetLines(): void {
    this.#asOf.clear();
    this.#early.clear();
    this.#seq = 0;
  }

  /** Takes a whole roster, but for whom a later line is known. */
  replace({ seq, participants, lines }: WholeRoster): void {
    const listed = new Set(participants.map(({ participant }) => participant.userId as string));
    for (const { participant, asOf } of participants) {
      if (this.#knownUpTo(participant.userId) > asOf) continue;
      this.#asOf.set(participant.userId, asOf);
      this.#seat(this.#earlyOr(participant));
    }
    for (const userId of [...this.#people.keys()]) {
      if (listed.has(userId) || this.#knownUpTo(userId) > seq) continue;
      this.#vacate(userId, departureIn(lines, userId));
    }
    this.#seq = Math.max(this.#seq, seq);
    for (const [userId, known] of this.#asOf) if (known <= this.#seq) this.#asOf.delete(userId);
  }

  /** Takes a line of the log, in its order. */
  takeLine({ data }: EventFrame, seq: number): void {
    if (seq <= this.#knownUpTo(data.userId)) return;
    this.#asOf.set(data.userId, seq);
    if (data.eventType === 'user-left') this.#vacate(data.userId, data.reason);
    else if (data.eventType === 'user-joined') this.#seat(this.#earlyOr(data.participant));
  }

  /** Takes a `user-updated`, which comes at any time. */
  takeUpdate(participant: Participant): void {
    const { userId } = participant;
    const known = this.#people.get(userId);
    if (known?.joinedAt === participant.joinedAt) {
      // Of a stay that has ended it is late news.
      if (known.presence === 'here') this.#seat(participant);
    } else if (participant.rev > (this.#early.get(userId)?.rev ?? known?.rev ?? 0)) {
      this.#early.set(userId, participant);
    }
  }

  /** The server tells a connection nothing of its own changes. */
  setAttributes({ userId, connectionId }: Place, attributes: Attributes): void {
    const known = this.#people.get(userId);
    if (!known) return;
    const connections = known.connections.map((connection) =>
      connection.connectionId === connectionId ? { ...connection, attributes } : connection,
    );
    this.#show({ ...known, connections });
  }

  /** Nobody is held any longer. */
  close(): void {
    this.#holds.stopAll();
  }

  #knownUpTo(userId: string): number {
    return this.#asOf.get(userId) ?? this.#seq;
  }

  #earlyOr(participant: Participant): Participant {
    const early = this.#early.get(participant.userId);
    if (!early) return participant;
    // One of a later stay waits on.
    const isLater = early.rev > participant.rev;
    if (isLater && early.joinedAt !== participant.joinedAt) return participant;
    this.#early.delete(participant.userId);
    return isLater ? early : participant;
  }

  #seat(participant: Participant): void {
    const known = this.#people.get(participant.userId);
    this.#holds.stop(participant.userId);
    const { connections, ...person } = !known || participant.rev > known.rev ? participant : known;
    this.#show({ ...person, presence: 'here', connections: newestOfSessions(connections) });
  }

  #vacate(userId: string, reason: DepartureReason): void {
    const known = this.#people.get(userId);
    if (reason !== 'connection-lost') {
      this.#leave(userId, reason);
    } else if (known?.presence === 'here') {
      this.#holds.set(userId, HOLD_MS, () => this.#leave(userId, reason));
      this.#show({ ...known, presence: 'reconnecting' });
    }
  }

  #leave(userId: string, reason: DepartureReason): void {
    const participant = this.#people.get(userId);
    this.#holds.stop(userId);
    this.#people.delete(userId);
    if (participant) this.#report('participantLeft', { participant, reason });
  }

  #show(participant: MeetingParticipant): void {
    const before = this.#people.get(participant.userId);
    this.#people.set(participant.userId, participant);
    if (!before) this.#report('participantJoined', participant);
    else if (looksDifferent(before, participant)) this.#report('participantUpdated', participant);
  }
}

/** Why somebody left of whom lines of the log may tell it. */
function departureIn(lines: readonly Frame[], userId: string): DepartureReason {
  let reason: DepartureReason = 'connection-lost';
  for (const { type, data } of lines) {
    const event = data as EventFrame['data'];
    if (type === 'event' && event.eventType === 'user-left' && event.userId === userId) reason = event.reason;
  }
  return reason;
}

function looksDifferent(before: MeetingParticipant, after: MeetingParticipant): boolean {
  return JSON.stringify({ ...before, rev: 0 }) !== JSON.stringify({ ...after, rev: 0 });
}
