import type { Backend } from '../../lambda/shared/backend.ts';
import { FloodGuard } from '../../src/meeting/FloodGuard.ts';
import type { Connection, ConnectionSender, MembershipLimits, SendOutcome } from '../../src/meeting/ports.ts';
import type { ConnectionId, MeetingId, UserId } from '../../src/protocol/ids.ts';
import { noQueue } from '../harness/backend.ts';
import { type Random, seededRandom } from '../harness/random.ts';
import { History } from './History.ts';
import { type Life, Scheduler } from './Scheduler.ts';
import type { CreateStore, ModelStore } from './stores.ts';

/** A socket as API Gateway knows it, and what its client knows. */
export type Socket = {
  readonly connection: Connection;
  /** Nothing reaches it before its `$connect` has ended well, nor after it closed. */
  state: 'opening' | 'open' | 'closed';
  /** The last line that its client has. */
  since?: { readonly epoch: string; readonly seq: number } | undefined;
};

/** A chat that a client sent, or tried to: it may send it again. */
export type SentChat = { readonly userId: UserId; readonly requestId: string; readonly data: string };

/** What one thing that a client or the cloud does is done with. */
export type Act = { readonly world: World; readonly backend: Backend };

export const meetingId = 'standup' as MeetingId;

/** Longer than a run: who was removed never comes back in it. */
const BAN_SECONDS = 10 ** 9;

/**
 * A meeting with its clients, its gateway and its store, where everything that may happen happens by chance, and again
 * exactly so with the same seed.
 */
export class World {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly history = new History();
  readonly store: ModelStore;
  readonly limits: MembershipLimits;
  readonly sockets: Socket[] = [];
  readonly chats: SentChat[] = [];
  /** Whether calls may fail, and whoever makes them die. */
  troubled = true;
  #nowMs = Date.UTC(2026, 10, 22);
  #ids = 0;
  #lives = new Map<object, Life>();

  constructor(seed: number, createStore: CreateStore) {
    this.random = seededRandom(seed);
    this.scheduler = new Scheduler(this.random);
    this.limits = {
      connectionsPerMeeting: this.random.pick([3, 5, 50]),
      connectionsPerUser: this.random.pick([1, 2, 3]),
    };
    this.troubled = this.random.next() < 0.8;
    this.store = createStore({
      scheduler: this.scheduler,
      random: this.random,
      now: this.now,
      newId: () => this.newId('id'),
      troubled: () => this.troubled,
    });
  }

  readonly now = (): number => this.#nowMs;

  newId(kind: string): string {
    return `${kind}-${++this.#ids}`;
  }

  /** How many things are being done right now, by those who live. */
  get running(): number {
    return [...this.#lives.values()].filter(({ alive }) => alive).length;
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** Begins something, as an invocation of its own. It goes on with the steps of the scheduler. */
  start(name: string, act: (act: Act) => Promise<unknown>): void {
    const { meetings, life } = this.store.invoke();
    const turn = () => this.scheduler.turn(life);
    const backend: Backend = {
      meetings: this.history.recording(meetings, turn),
      connections: this.#sender(turn),
      // Whoever couldn't be sent to is none of this test's business: the log is.
      deliveryQueue: noQueue,
      queueAbove: Number.POSITIVE_INFINITY,
      now: this.now,
      membershipLimits: this.limits,
      banSeconds: BAN_SECONDS,
      limits: {},
      iceServers: async () => [],
      allowedOrigins: { kind: 'any' } as const,
      authentication: 'off',
      rateLimit: { take: async () => ({ outcome: 'granted' }) },
      floodGuard: new FloodGuard(this.now),
      log: this.#log,
      newMessageId: () => this.newId('message'),
    };
    this.history.note(name);
    const running = {};
    this.#lives.set(running, life);
    act({ world: this, backend })
      .catch((error: unknown) => this.history.note(`${name} failed: ${String(error)}`))
      .finally(() => this.#lives.delete(running));
  }

  /** Does something, and nothing else meanwhile but what is under way. */
  async finish(name: string, act: (act: Act) => Promise<unknown>): Promise<void> {
    this.start(name, act);
    await this.scheduler.settle();
  }

  /** A new socket, whose `$connect` is about to be invoked. */
  opening(userId: string, client: Connection['client']): Socket {
    const connection: Connection = {
      connectionId: `${userId}-${this.sockets.length}` as ConnectionId,
      meetingId,
      userId: userId as UserId,
      userName: userId,
      connectedAtMs: this.now(),
      client,
    };
    const socket: Socket = { connection, state: 'opening' };
    this.sockets.push(socket);
    return socket;
  }

  /** The process dies, and with it all sockets; nobody is told of their ends. */
  crash(): void {
    this.store.crash?.();
    for (const socket of this.sockets) socket.state = 'closed';
    this.history.note('crashed, and started again');
    this.history.crashes.push(this.history.stamp());
  }

  readonly #log: Backend['log'] = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (event, fields) => {
      const error = fields && 'error' in fields ? fields.error : undefined;
      this.history.note(`${event} ${String(error)}`);
    },
  };

  #sender(turn: () => Promise<void>): ConnectionSender {
    const reach = (id: ConnectionId): SendOutcome => {
      if (this.troubled && this.random.next() < 0.05) return 'failed';
      return this.#socket(id)?.state === 'open' ? 'sent' : 'gone';
    };
    return {
      send: async (ids, text) => {
        await turn();
        this.history.sends.push({ at: this.history.stamp(), to: ids, text });
        return ids.map(reach);
      },
      disconnect: async (id) => {
        await turn();
        const outcome = reach(id);
        const socket = this.#socket(id);
        if (socket && outcome === 'sent') socket.state = 'closed';
        return outcome;
      },
      check: async (id) => {
        await turn();
        const outcome = reach(id);
        if (outcome === 'failed') return 'unknown';
        return outcome === 'sent' ? 'open' : 'gone';
      },
    };
  }

  #socket(id: ConnectionId): Socket | undefined {
    return this.sockets.find(({ connection }) => connection.connectionId === id);
  }
}
