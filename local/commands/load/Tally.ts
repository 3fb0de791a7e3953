import { Latencies } from './Latencies.ts';

/** A message that was sent, and what became of it. */
type SentMessage = {
  readonly meeting: number;
  /** When it should have been sent, by the clock that all durations are of. */
  readonly dueMs: number;
  /** By person of the meeting. */
  readonly marks: Uint8Array;
  answer: 'none' | 'acked' | 'refused';
};

const NOT_EXPECTED = 0;
const EXPECTED = 1;
const RECEIVED = 2;

/** How many, by code. */
export type Codes = Readonly<Record<string, number>>;

/** What was counted. Deliveries are those of messages that were acked. */
export type Counts = {
  readonly sent: number;
  readonly acked: number;
  readonly refused: Codes;
  readonly unanswered: number;
  readonly expected: number;
  readonly delivered: number;
  readonly lost: number;
  /** Of those lost: to connections that had ended by themselves. */
  readonly lostWithConnection: number;
  readonly duplicates: number;
};

/**
 * Keeps account of who is to get which message. A message is expected by everyone in its meeting, but its sender, whose
 * connection was open when it was sent.
 *
 * All durations begin when a message was due, not when it was sent: a server that makes the sender wait can't hide it.
 */
export class Tally {
  readonly ackMs = new Latencies();
  readonly deliveryMs = new Latencies();
  readonly lateMs = new Latencies();
  readonly #people: number;
  readonly #messages = new Map<number, SentMessage>();
  readonly #open: Uint8Array;
  readonly #refused = new Map<string, number>();
  /** How much each connection has yet to get, of those that are open. */
  readonly #awaited: Uint32Array;
  #unanswered = 0;
  #underWay = 0;
  #duplicates = 0;
  #received = 0;

  constructor({ meetings, people }: { readonly meetings: number; readonly people: number }) {
    this.#people = people;
    this.#open = new Uint8Array(meetings * people);
    this.#awaited = new Uint32Array(meetings * people);
  }

  /** Answers and deliveries that are still to come. */
  get underWay(): number {
    return this.#unanswered + this.#underWay;
  }

  /** Deliveries so far, for a progress line. */
  get received(): number {
    return this.#received;
  }

  /** A connection is a member from now on. */
  opened(connection: number): void {
    this.#open[connection] = 1;
  }

  /** A connection has ended by itself: what it has yet to get won't come. */
  ended(connection: number): void {
    if (!this.isOpen(connection)) return;
    this.#open[connection] = 0;
    this.#underWay -= this.#awaited[connection] ?? 0;
  }

  isOpen(connection: number): boolean {
    return this.#open[connection] === 1;
  }

  /** A message goes out now. */
  sent(message: number, sender: number, at: { readonly dueMs: number; readonly nowMs: number }): void {
    const meeting = Math.floor(sender / this.#people);
    const marks = new Uint8Array(this.#people);
    for (let person = 0; person < this.#people; person++) {
      const connection = meeting * this.#people + person;
      if (connection === sender || !this.isOpen(connection)) continue;
      marks[person] = EXPECTED;
      this.#awaited[connection] = (this.#awaited[connection] ?? 0) + 1;
      this.#underWay++;
    }
    this.#messages.set(message, { meeting, dueMs: at.dueMs, marks, answer: 'none' });
    this.#unanswered++;
    this.lateMs.add(at.nowMs - at.dueMs);
  }

  acked(message: number, nowMs: number): void {
    const sent = this.#messages.get(message);
    if (sent?.answer !== 'none') return;
    sent.answer = 'acked';
    this.#unanswered--;
    this.ackMs.add(nowMs - sent.dueMs);
  }

  /** Nobody is to get it. */
  refused(message: number, code: string): void {
    const sent = this.#messages.get(message);
    if (sent?.answer !== 'none') return;
    sent.answer = 'refused';
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
    this.#unanswered--;
    for (const [person, mark] of sent.marks.entries()) {
      if (mark === EXPECTED) this.#awaitNoMore(sent.meeting * this.#people + person);
    }
  }

  /** Its connection has ended without an answer, or none came in time: it may have been sent on. */
  gaveUp(): void {
    this.#unanswered--;
  }

  delivered(message: number, connection: number, nowMs: number): void {
    const sent = this.#messages.get(message);
    const person = connection - (sent?.meeting ?? 0) * this.#people;
    const mark = sent?.marks[person];
    if (!sent || mark === undefined) return;
    if (mark === RECEIVED) this.#duplicates++;
    if (mark !== EXPECTED) return;
    sent.marks[person] = RECEIVED;
    this.#received++;
    if (sent.answer !== 'refused') this.#awaitNoMore(connection);
    this.deliveryMs.add(nowMs - sent.dueMs);
  }

  counts(): Counts {
    const answers = { none: 0, acked: 0, refused: 0 };
    const marked = [0, 0, 0];
    let lostWithConnection = 0;
    for (const { answer, marks, meeting } of this.#messages.values()) {
      answers[answer]++;
      if (answer !== 'acked') continue;
      for (const [person, mark] of marks.entries()) {
        marked[mark] = (marked[mark] ?? 0) + 1;
        if (mark === EXPECTED && !this.isOpen(meeting * this.#people + person)) lostWithConnection++;
      }
    }
    const { [NOT_EXPECTED]: _, [EXPECTED]: lost = 0, [RECEIVED]: delivered = 0 } = marked;
    return {
      ...{ sent: this.#messages.size, acked: answers.acked, unanswered: answers.none },
      refused: Object.fromEntries(this.#refused),
      ...{ expected: lost + delivered, delivered, lost, lostWithConnection },
      duplicates: this.#duplicates,
    };
  }

  #awaitNoMore(connection: number): void {
    const awaited = this.#awaited[connection] ?? 0;
    this.#awaited[connection] = Math.max(0, awaited - 1);
    if (this.isOpen(connection)) this.#underWay--;
  }
}
