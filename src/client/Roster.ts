import type {
  Attributes,
  DepartureReason,
  EventFrame,
  Participant,
  ParticipantConnection,
} from '../protocol/participants.ts';
import type { Cancel, Clock } from './clock.ts';
import type { SessionTarget } from './events.ts';
import { type Departure, type MeetingParticipant, newestOfSessions } from './participants.ts';
import { HOLD_MS } from './timing.ts';

/** What a roster tells of. */
export type RosterReport = {
  readonly joined: (participant: MeetingParticipant) => void;
  readonly updated: (participant: MeetingParticipant) => void;
  readonly left: (departure: Departure) => void;
};

/** A participant, and up to which line of the log the word on it holds. */
export type KnownParticipant = { readonly participant: Participant; readonly asOf: number };

/** A whole roster, as a welcome and its pages tell it. */
export type WholeRoster = {
  readonly seq: number;
  readonly participants: readonly KnownParticipant[];
  /** Why those left of whom the lines before `seq` tell it. */
  readonly departures: ReadonlyMap<string, DepartureReason>;
};

/** Someone in the roster; whoever lost their connection is held for a while. */
type Seat = { readonly view: MeetingParticipant; readonly cancelHold?: Cancel };

/**
 * Who is there: what a welcome says, then what events say. Logged events come in their order, `user-updated` at any time:
 * the highest `rev` holds, and one that overtook its `user-joined` waits for it.
 */
export class Roster {
  readonly #clock: Clock;
  readonly #report: RosterReport;
  readonly #seats = new Map<string, Seat>();
  /** Words on stays that no `user-joined` has told of yet. */
  readonly #early = new Map<string, Participant>();
  readonly #asOf = new Map<string, number>();
  #seq = 0;

  constructor(clock: Clock, report: RosterReport) {
    this.#clock = clock;
    this.#report = report;
  }

  /** Everyone, in the order in which they became known. */
  list(): readonly MeetingParticipant[] {
    return [...this.#seats.values()].map(({ view }) => view);
  }

  /** A session's newest connection; of this user, if one is named, for others may call a session the same. */
  find({ session, userId }: SessionTarget): ParticipantConnection | undefined {
    return this.list()
      .filter((participant) => userId === undefined || participant.userId === userId)
      .flatMap(({ connections }) => connections)
      .findLast((connection) => connection.session === session);
  }

  /** Takes a welcome's word for the log having begun anew: what was known by line no longer holds. */
  forgetLines(): void {
    this.#asOf.clear();
    this.#early.clear();
    this.#seq = 0;
  }

  /** Takes a whole roster, but for whom a later line is known. */
  replace({ seq, participants, departures }: WholeRoster): void {
    const listed = new Set(participants.map(({ participant }) => participant.userId as string));
    for (const { participant, asOf } of participants) {
      if (this.#knownUpTo(participant.userId) > asOf) continue;
      this.#asOf.set(participant.userId, asOf);
      this.#seat(this.#earlyOr(participant));
    }
    for (const userId of [...this.#seats.keys()]) {
      if (listed.has(userId) || this.#knownUpTo(userId) > seq) continue;
      this.#vacate(userId, departures.get(userId) ?? 'connection-lost');
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
    const known = this.#seats.get(userId)?.view;
    if (known?.joinedAt === participant.joinedAt) {
      // Of a stay that has ended it is late news.
      if (known.presence === 'here') this.#seat(participant);
    } else if (participant.rev > (this.#early.get(userId)?.rev ?? known?.rev ?? 0)) {
      this.#early.set(userId, participant);
    }
  }

  /** The server tells a connection nothing of its own changes. */
  setAttributes(userId: string, connectionId: string, attributes: Attributes): void {
    const seat = this.#seats.get(userId);
    if (!seat) return;
    const connections = seat.view.connections.map((connection) =>
      connection.connectionId === connectionId ? { ...connection, attributes } : connection,
    );
    this.#show({ ...seat, view: { ...seat.view, connections } }, seat.view);
  }

  /** Nobody is held any longer. */
  close(): void {
    for (const { cancelHold } of this.#seats.values()) cancelHold?.();
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
    const seat = this.#seats.get(participant.userId);
    seat?.cancelHold?.();
    const isNews = !seat || participant.rev > seat.view.rev;
    const { connections, ...person } = isNews ? participant : seat.view;
    this.#show(
      { view: { ...person, presence: 'here', connections: newestOfSessions(connections) } },
      seat?.view,
    );
  }

  #vacate(userId: string, reason: DepartureReason): void {
    const seat = this.#seats.get(userId);
    if (!seat) return;
    if (reason !== 'connection-lost') {
      this.#leave(userId, reason);
    } else if (seat.view.presence === 'here') {
      const cancelHold = this.#clock.after(HOLD_MS, () => this.#leave(userId, reason));
      this.#show({ view: { ...seat.view, presence: 'reconnecting' }, cancelHold }, seat.view);
    }
  }

  #leave(userId: string, reason: DepartureReason): void {
    const seat = this.#seats.get(userId);
    seat?.cancelHold?.();
    this.#seats.delete(userId);
    if (seat) this.#report.left({ participant: seat.view, reason });
  }

  #show(seat: Seat, before: MeetingParticipant | undefined): void {
    this.#seats.set(seat.view.userId, seat);
    if (!before) this.#report.joined(seat.view);
    else if (looksDifferent(before, seat.view)) this.#report.updated(seat.view);
  }
}

function looksDifferent(before: MeetingParticipant, after: MeetingParticipant): boolean {
  return JSON.stringify({ ...before, rev: 0 }) !== JSON.stringify({ ...after, rev: 0 });
}
