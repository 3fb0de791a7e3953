// Renewals as they come after two hours, fifty of each client's, with chat running at 20 messages a second.
//
// The time is the test's: gateway and clients live by one clock, which stands still until it is moved. So the limit of the
// gateway is its real one of 2 hours, the client renews by its own rule (85 to 95 % of what the welcome says), and the
// 5 seconds for which it listens to the old connection, like all that it waits for, are as many of the clock's seconds. What is shortened
// is only the waiting in between: there the clock moves 50 seconds at a time, with a chat and an answer for each client, so that none is idle.
// From 2 seconds before a renewal until 6 after it, when the old connection is gone, it moves 50 milliseconds for each chat: 20 a
// second by the clock that renewals go by. It runs no further ahead than four chats that aren't acked. Sockets and handlers are real,
// and take what time they take: a slow machine makes this test slow, and nothing else.
//
// The rate limit is off, for the server counts it in true seconds; stamps are true as well.
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/client/clock.ts';
import type { ChatMessage, HistoryPage, MeetingClient } from '../../src/client/index.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { listen, met, nextEvent, reached, texts } from '../harness/meetingClient.ts';
import { type Random, seededRandom, seedOfRun } from '../harness/random.ts';
import { startTestServer, target } from '../harness/server.ts';

const LIFE_MS = 7_200_000;
const STEP_MS = 50;
const QUIET_STEP_MS = 50_000;
const BEFORE_MS = 2000;
const AFTER_MS = 6000;
/** Chats that have not been acked when the clock is moved. */
const IN_FLIGHT = 4;
const RENEWALS = target === 'lambda' ? 5 : 50;

/** A client, what it was told, and when it renewed. */
type Guest = {
  readonly client: MeetingClient;
  readonly chats: readonly ChatMessage[];
  readonly notes: readonly unknown[];
  /** Rejects with the first thing that a renewal must not show. */
  readonly disturbed: Promise<never>;
  readonly renewals: Renewals;
};

/** When a client renews: it waits for nothing else for between one and two hours. */
class Renewals implements Clock {
  readonly ageMs: number[] = [];
  nextAtMs = Number.POSITIVE_INFINITY;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  now = () => this.#clock.now();
  elapsedMs = () => this.#clock.elapsedMs();

  after(delayMs: number, run: () => void) {
    if (delayMs < LIFE_MS / 2 || delayMs > LIFE_MS) return this.#clock.after(delayMs, run);
    this.nextAtMs = this.elapsedMs() + delayMs;
    return this.#clock.after(delayMs, () => {
      this.ageMs.push(delayMs);
      run();
    });
  }
}

/** Clients of these users, when each has seen all the others. */
async function gather(
  url: string,
  userIds: readonly string[],
  { clock, random }: Surroundings,
): Promise<Guest[]> {
  const arrivals = userIds.map(async (userId) => {
    const renewals = new Renewals(clock);
    const client = await met(url, userId, { clock: renewals, random: random.next });
    while (client.participants.length < userIds.length) await nextEvent(client, 'participantJoined');
    const notes: unknown[] = [];
    client.on('message', ({ data }) => notes.push(data));
    return { client, chats: listen(client), notes, disturbed: disturbanceOf(client), renewals };
  });
  return Promise.all(arrivals);
}

/** What the test moves, and what chance does. */
type Surroundings = { readonly clock: ManualClock; readonly random: Random };

/** What others, and the client itself, see of a connection that is lost, or of a person who comes or goes. */
function disturbanceOf(client: MeetingClient): Promise<never> {
  return new Promise((_, reject) => {
    const disturb = (name: string, payload: unknown) =>
      reject(new Error(`${client.self?.userId} was told of ${name}: ${JSON.stringify(payload)}`));
    for (const name of ['stateChange', 'participantLeft', 'participantJoined', 'logGap', 'error'] as const) {
      client.on(name, (payload) => disturb(name, payload));
    }
    client.on('participantUpdated', (participant) => {
      if (participant.presence !== 'here') disturb('participantUpdated', participant);
    });
    client.on('welcome', ({ resumption }) => {
      if (resumption !== 'recovered') disturb('welcome', resumption);
    });
  });
}

/** One who speaks, and all who listen, while the clock is moved. */
class Conversation {
  readonly sent: Promise<{ readonly seq: number }>[] = [];
  readonly notes: Promise<unknown>[] = [];
  readonly #guests: readonly Guest[];
  readonly #speaker: MeetingClient;
  readonly #clock: ManualClock;
  readonly #random: Random;

  constructor(guests: readonly Guest[], speaker: MeetingClient, { clock, random }: Surroundings) {
    this.#guests = guests;
    this.#speaker = speaker;
    this.#clock = clock;
    this.#random = random;
  }

  /** Lets every client renew its connection so often. Rejects as soon as one sees what it mustn't. */
  async overRenewals(count: number): Promise<void> {
    const renewals = this.#guests.map((guest) => guest.renewals);
    const run = async () => {
      while (renewals.some(({ ageMs }) => ageMs.length < count)) {
        const nextAtMs = Math.min(...renewals.map((renewal) => renewal.nextAtMs));
        await this.#pass(nextAtMs - BEFORE_MS);
        await this.#talk(nextAtMs + AFTER_MS);
      }
    };
    await Promise.race([run(), ...this.#guests.map(({ disturbed }) => disturbed)]);
  }

  /** Moves the clock to shortly before the next renewal. */
  async #pass(untilMs: number): Promise<void> {
    while (this.#clock.elapsedMs() < untilMs) {
      this.#clock.advance(Math.min(QUIET_STEP_MS, untilMs - this.#clock.elapsedMs()));
      this.#say();
      await this.#settle();
    }
  }

  /** Moves the clock over a renewal, with 20 chats a second. */
  async #talk(untilMs: number): Promise<void> {
    while (this.#clock.elapsedMs() < untilMs) {
      this.#clock.advance(STEP_MS);
      this.#say();
      if (this.#random.below(10) === 0) this.notes.push(this.#speaker.broadcast('note', this.notes.length));
      await this.sent.at(-IN_FLIGHT);
      for (let turns = this.#random.below(8); turns > 0; turns--) await new Promise(setImmediate);
    }
    await this.#settle();
  }

  /** Lets all arrive that was sent, and be answered what was asked. */
  async #settle(): Promise<void> {
    const last = await this.sent.at(-1);
    await Promise.all(this.notes);
    const settled = this.#guests.map(async ({ client, chats, notes }) => {
      await client.history({ limit: 1 });
      await reached(client, chats, last?.seq ?? 0);
      if (client !== this.#speaker)
        while (notes.length < this.notes.length) await nextEvent(client, 'message');
    });
    await Promise.all(settled);
  }

  #say(): void {
    this.sent.push(this.#speaker.sendChat(this.sent.length));
  }
}

const missing = (): never => {
  throw new Error('nobody speaks');
};

/** The numbers from 0 on. */
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** What the log says of people; a number that was never used says nothing. */
async function eventsIn(client: MeetingClient): Promise<unknown[]> {
  const events: unknown[] = [];
  let page: HistoryPage = await client.history({ after: 0, limit: 300 });
  for (;;) {
    const { entries } = page;
    events.push(...entries.flatMap((entry) => (entry.type === 'event' ? [entry.data] : [])));
    if (!page.more) return events;
    page = await client.history({ after: entries.at(-1)?.seq ?? 0, limit: 300 });
  }
}

describe('a renewal', { timeout: 300_000 }, () => {
  it('[SD22] every two hours, with chat running, loses, doubles and reorders nothing, and is not seen by others', async () => {
    const surroundings = { clock: new ManualClock(), random: seededRandom(seedOfRun()) };
    const { clock } = surroundings;
    const server = await startTestServer({ RATE_LIMIT_MESSAGES_PER_SECOND: '0' }, { clock });
    const users = ['alice', 'bob', 'carol'];
    const guests = await gather(server.webSocketUrl, users, surroundings);
    const [{ client: speaker } = missing()] = guests;
    const conversation = new Conversation(guests, speaker, surroundings);
    await conversation.overRenewals(RENEWALS);

    const seqs = (await Promise.all(conversation.sent)).map(({ seq }) => seq);
    expect(new Set(seqs).size).toBe(seqs.length);
    for (const { chats, client } of guests) {
      expect(texts(chats)).toEqual(upTo(seqs.length));
      expect(chats.map(({ seq }) => seq)).toEqual(seqs);
      expect(client.participants.map(({ userId }) => userId).toSorted()).toEqual(users);
    }
    for (const { notes } of guests.filter(({ client }) => client !== speaker)) {
      // What isn't logged comes in any order.
      expect(notes.toSorted((a, b) => Number(a) - Number(b))).toEqual(upTo(conversation.notes.length));
    }
    for (const { renewals } of guests) {
      expect(Math.min(...renewals.ageMs)).toBeGreaterThanOrEqual(0.85 * LIFE_MS);
      expect(Math.max(...renewals.ageMs)).toBeLessThanOrEqual(0.95 * LIFE_MS);
    }
    // What the server says of it: three have come, nobody has gone, and the gateway has ended no connection.
    const events = await eventsIn(speaker);
    expect(events).toHaveLength(users.length);
    expect(events).toEqual(users.map(() => expect.objectContaining({ eventType: 'user-joined' })));
    const lines = server.logged.filter(({ event }) => event === 'joined' || event === 'disconnected');
    expect(lines.filter(({ outcome }) => outcome === 'first')).toHaveLength(3);
    expect(lines.filter(({ outcome }) => outcome === 'last')).toEqual([]);
    expect(lines.filter(({ event, reason }) => event === 'disconnected' && reason !== 'left')).toEqual([]);
  });
});
