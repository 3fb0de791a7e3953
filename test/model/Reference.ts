import type { Connection, LeaveReason, MembershipLimits } from '../../src/meeting/ports.ts';

/** A connection as the reference keeps it. */
type Held = {
  readonly id: string;
  readonly userId: string;
  readonly connectedAtMs: number;
  readonly plain: boolean;
  joined: boolean;
  role: string | undefined;
  session: string | undefined;
  attributes: string;
};

/** What a join brings, in the reference's words. */
export type JoinGiven = {
  readonly session: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>> | undefined;
  readonly replaces: string | undefined;
};

/**
 * The rules of a meeting once more, in plain maps and by somebody who does one thing at a time: what a store must
 * answer when nobody else is asking. It shares no code with the stores.
 */
export class Reference {
  readonly #limits: MembershipLimits;
  readonly #banned = new Set<string>();
  /** Who joined first, as long as anybody who joined is there. */
  #host: string | undefined;
  /** Who was there when the meeting was locked. */
  #guests: readonly string[] | undefined;
  #held: Held[] = [];
  readonly #requests = new Map<string, { readonly data: unknown; readonly line: number }>();
  /** The log without voids: `ann+`, `ann- left`, or what was said. */
  readonly log: string[] = [];

  constructor(limits: MembershipLimits) {
    this.#limits = limits;
  }

  connect({ connectionId, userId, connectedAtMs, client }: Connection): string {
    if (this.#find(connectionId)) return 'connected, evicted [], told nothing';
    const plain = client === 'plain';
    const newcomer: Held = {
      id: connectionId,
      userId,
      connectedAtMs,
      plain,
      joined: false,
      role: undefined,
      session: undefined,
      attributes: '{}',
    };
    const rivals = this.#of(userId).filter((held) => isMember(held) === plain);
    const evicted = rivals.slice(0, Math.max(0, rivals.length + 1 - this.#limits.connectionsPerUser));
    const unwelcome = plain && this.#unwelcome(userId);
    if (unwelcome) return unwelcome;
    const members = this.members().length;
    const grown = plain ? 1 - evicted.length : 0;
    if (grown > 0 && members + grown > this.#limits.connectionsPerMeeting) return 'meeting-full';
    const told = this.#telling(userId, 'replaced', () => {
      this.#held = [...this.#held.filter((held) => !evicted.includes(held)), newcomer];
    });
    return `connected, evicted [${evicted.map(({ id }) => id)}], told ${told}`;
  }

  join({ connectionId, userId }: Connection, { session, attributes, replaces }: JoinGiven): string {
    const self = this.#find(connectionId);
    if (!self) return 'not-connected';
    const unwelcome = this.#unwelcome(userId);
    if (unwelcome) return unwelcome;
    const own = this.#of(userId).filter(isMember);
    const rivals = own.filter((held) => held !== self && held.id !== replaces);
    const evicted = rivals.slice(0, Math.max(0, rivals.length + 1 - this.#limits.connectionsPerUser));
    const grown = (isMember(self) ? 0 : 1) - evicted.length;
    const leniency = own.some(({ id }) => id === replaces) ? 1 : 0;
    if (grown > 0 && this.members().length + grown - leniency > this.#limits.connectionsPerMeeting) {
      return 'meeting-full';
    }
    const newcomer = this.#isPresent(userId) ? 'additional' : 'first';
    const outcome = self.joined ? 'already-joined' : newcomer;
    if (!this.#held.some(({ joined }) => joined)) {
      this.#host = userId;
      this.#guests = undefined;
    }
    const told = this.#telling(userId, 'replaced', () => {
      this.#held = this.#held.filter((held) => !evicted.includes(held));
      self.joined = true;
      self.role = userId === this.#host ? 'host' : 'participant';
      self.session = session ?? self.session;
      if (attributes) self.attributes = JSON.stringify(attributes);
    });
    return `${outcome}, evicted [${evicted.map(({ id }) => id)}], told ${told}`;
  }

  update({ connectionId, userId }: Connection, attributes: Readonly<Record<string, unknown>>): string {
    const self = this.#find(connectionId);
    if (!self?.joined) return 'not-joined';
    const told = this.#telling(userId, 'replaced', () => {
      self.attributes = JSON.stringify(attributes);
    });
    return `updated, told ${told}`;
  }

  leave({ connectionId, userId }: Connection, reason: LeaveReason): string {
    const self = this.#find(connectionId);
    if (!self) return 'already-gone';
    const told = this.#telling(userId, reason, () => {
      this.#held = this.#held.filter((held) => held !== self);
    });
    return `${this.#of(userId).length > 0 ? 'remaining' : 'last'}, told ${told}`;
  }

  remove(userId: string): string {
    const own = this.#of(userId);
    if (!own.some(isMember)) return 'not-there';
    const told = this.#telling(userId, 'kicked', () => {
      this.#held = this.#held.filter((held) => !own.includes(held));
    });
    this.#banned.add(userId);
    return `removed [${own.map(({ id }) => id)}], told ${told}`;
  }

  setLock(lock: 'locked' | 'unlocked'): string {
    if (this.locked() === (lock === 'locked')) return 'unchanged';
    const present = this.#held.filter(({ joined }) => joined).map(({ userId }) => userId);
    this.#guests = lock === 'locked' ? present : undefined;
    return `changed, told ${lock}`;
  }

  /** Whether newcomers are kept out. */
  locked(): boolean {
    return this.#guests !== undefined && this.#held.some(({ joined }) => joined);
  }

  /** The answer names the line by its place among those that aren't void. */
  chat({ userId }: Connection, data: string, requestId: string | undefined): string {
    const name = requestId && `${userId}/${requestId}`;
    const earlier = name ? this.#requests.get(name) : undefined;
    if (earlier) return earlier.data === data ? `duplicate ${earlier.line}` : 'request-id-reused';
    this.log.push(data);
    if (name) this.#requests.set(name, { data, line: this.log.length });
    return `appended ${this.log.length}`;
  }

  /** The ids of all members. */
  members(): readonly string[] {
    return this.#held
      .filter(isMember)
      .map(({ id }) => id)
      .sort();
  }

  /** The ids of all that are known. */
  known(): readonly string[] {
    return this.#held.map(({ id }) => id).sort();
  }

  /** Each person who is there with what others see of them. */
  roster(): readonly string[] {
    const users = [...new Set(this.#held.map(({ userId }) => userId))].sort();
    return users.filter((userId) => this.#isPresent(userId)).map((userId) => this.#look(userId));
  }

  #find(id: string): Held | undefined {
    return this.#held.find((held) => held.id === id);
  }

  #of(userId: string): readonly Held[] {
    return this.#held
      .filter((held) => held.userId === userId)
      .sort((a, b) => a.connectedAtMs - b.connectedAtMs || (a.id < b.id ? -1 : 1));
  }

  #unwelcome(userId: string): string | undefined {
    if (this.#banned.has(userId)) return 'banned';
    const known = this.#isPresent(userId) || this.#guests?.includes(userId) || this.#host === userId;
    return this.locked() && !known ? 'meeting-locked' : undefined;
  }

  #isPresent(userId: string): boolean {
    return this.#of(userId).some(({ joined }) => joined);
  }

  #look(userId: string): string {
    const seen = this.#of(userId).filter(({ joined }) => joined);
    const role = seen.at(-1)?.role;
    return `${userId} ${role} ${seen.map(({ id, session, attributes }) => `${id} ${session} ${attributes}`).join(', ')}`;
  }

  #telling(userId: string, reason: string, change: () => void): string {
    const [was, looked] = [this.#isPresent(userId), this.#look(userId)];
    change();
    const is = this.#isPresent(userId);
    if (!was && is) return this.#logged(`${userId}+`);
    if (was && !is) return this.#logged(`${userId}- ${reason}`);
    return looked === this.#look(userId) ? 'nothing' : `${userId}!`;
  }

  #logged(line: string): string {
    this.log.push(line);
    return line;
  }
}

const isMember = ({ plain, joined }: Held): boolean => plain || joined;
