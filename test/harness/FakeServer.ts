import type { FakeSocket } from './FakeSockets.ts';
import { connection, participant, userEvent, welcomeFrame } from './FakeSockets.ts';
import type { Random } from './random.ts';
import type { Frame } from './TestClient.ts';

/**
 * As much of a server as one client and its log need, on a network at its worst: what it is sent arrives late, what it
 * sends comes late and in any order, and connections end at any time with what was under way.
 */
export class FakeServer {
  readonly log: Frame[] = [];
  readonly #random: Random;
  readonly #joined = new Set<FakeSocket>();
  readonly #chats = new Map<unknown, Frame>();
  readonly #present = new Map<string, Frame>();
  /** Frames on their way, with where they go. */
  #underWay: { readonly socket: FakeSocket; readonly deliver: () => void }[] = [];
  readonly #read = new Map<FakeSocket, number>();
  #rev = 1;

  constructor(random: Random) {
    this.#random = random;
    this.#present.set('alice', participant('alice'));
  }

  /** Who is there by the log. */
  get present(): readonly string[] {
    return [...this.#present.keys()].toSorted();
  }

  /** Takes note of what a client has sent since the last time; it arrives later. */
  readFrom(socket: FakeSocket): void {
    const from = this.#read.get(socket) ?? 0;
    this.#read.set(socket, socket.sent.length);
    for (const frame of socket.sent.slice(from)) this.#carry(socket, () => this.#receive(socket, frame));
  }

  /** One of the frames under way arrives. */
  deliverOne(): void {
    const [next] = this.#underWay.splice(this.#random.below(this.#underWay.length), 1);
    next?.deliver();
  }

  /** Everything arrives that is under way, and what comes of it. */
  deliverAll(): void {
    while (this.#underWay.length > 0) this.deliverOne();
  }

  /** A connection ends, and what was under way on it is lost. */
  cut(socket: FakeSocket): void {
    this.#forget(socket);
    socket.end();
  }

  /** Whom the client has closed is gone here, too. */
  #forget(socket: FakeSocket): void {
    this.#joined.delete(socket);
    this.#underWay = this.#underWay.filter((one) => one.socket !== socket);
  }

  /** Someone else says something. */
  say(): void {
    this.#append({ ...this.#from('bob'), type: 'chat', data: `said ${this.log.length}` });
  }

  /** Someone else comes, changes, or goes. */
  stir(): void {
    const userId = this.#random.pick(['bob', 'carol', 'dave', 'erin', 'frank']);
    const known = this.#present.get(userId);
    const rev = ++this.#rev;
    if (!known) {
      const joinedAt = `stay ${rev}`;
      const joined = participant(userId, { rev, joinedAt });
      this.#present.set(userId, joined);
      this.#append(userEvent('user-joined', userId, { participant: joined }));
    } else if (this.#random.below(2) === 0) {
      const connections = [connection(`${userId}-1`, `${userId}-tab`, { rev })];
      const updated = { ...known, rev, connections };
      this.#present.set(userId, updated);
      this.#broadcast(userEvent('user-updated', userId, { participant: updated }));
    } else {
      this.#present.delete(userId);
      this.#append(
        userEvent('user-left', userId, { reason: this.#random.pick(['left', 'connection-lost']) }),
      );
    }
  }

  /** What a user shows by the log. */
  participant(userId: string): Frame | undefined {
    return this.#present.get(userId);
  }

  #carry(socket: FakeSocket, deliver: () => void): void {
    this.#underWay.push({ socket, deliver });
  }

  #send(socket: FakeSocket, frame: Frame): void {
    const text = JSON.stringify(frame);
    this.#carry(socket, () => socket.receive(JSON.parse(text)));
  }

  #broadcast(frame: Frame, except?: FakeSocket): void {
    for (const socket of this.#joined) {
      if (socket.closed !== 'no') this.#forget(socket);
      else if (socket !== except)
        for (let times = 0; times <= this.#random.below(2); times++) this.#send(socket, frame);
    }
  }

  /** Now and then a line gets lost on its way to everybody. */
  #append(line: Frame, except?: FakeSocket): Frame {
    const logged = { ...line, seq: this.log.length + 1 };
    this.log.push(logged);
    if (this.#random.below(5) > 0) this.#broadcast(logged, except);
    return logged;
  }

  #receive(socket: FakeSocket, frame: Frame): void {
    const { requestId } = frame;
    const reply = this.#reply(socket, frame);
    if (reply) this.#send(socket, { requestId, ...reply });
  }

  #reply(socket: FakeSocket, frame: Frame): Frame | undefined {
    if (frame.action === 'ping') return { type: 'pong' };
    if (frame.action === 'join') return this.#welcome(socket, frame.since as { seq: number } | undefined);
    if (!this.#joined.has(socket)) return { type: 'error', code: 'not_joined', message: 'Join.' };
    if (frame.action === 'history') return this.#history(Number(frame.after));
    if (this.#random.below(8) === 0) {
      return { type: 'error', code: 'rate_limited', message: 'Wait.', retryable: true, retryAfterMs: 50 };
    }
    if (this.#random.below(8) === 0) {
      return { type: 'error', code: 'internal_error', message: 'Failed.', retryable: true };
    }
    const seq = this.#chat(socket, frame);
    return { type: 'ack', seq, messageId: `m${seq}`, sent: 1, failed: 0, stale: 0 };
  }

  #chat(socket: FakeSocket, { requestId, data }: Frame): unknown {
    const known = this.#chats.get(requestId);
    if (known) return known.seq;
    const logged = this.#append({ ...this.#from('alice'), type: 'chat', data }, socket);
    this.#chats.set(requestId, logged);
    return logged.seq;
  }

  #welcome(socket: FakeSocket, since: { seq: number } | undefined): Frame {
    this.#joined.add(socket);
    const seq = this.log.length;
    const entries = since ? this.log.slice(since.seq, since.seq + this.#random.below(5)) : [];
    const log = { entries, recovered: since !== undefined, more: true };
    return welcomeFrame({ seq, log, participants: [...this.#present.values()] });
  }

  #history(after: number): Frame {
    const entries = this.log.slice(after, after + 1 + this.#random.below(4));
    return { type: 'history', epoch: 'first', seq: this.log.length, entries, more: true };
  }

  #from(userId: string): Frame {
    const seq = this.log.length + 1;
    return {
      from: { connectionId: `${userId}-1`, userId, userName: userId, session: `${userId}-tab` },
      ...{ messageId: `m${seq}`, timestamp: '2026-11-22T08:00:00.000Z' },
    };
  }
}
