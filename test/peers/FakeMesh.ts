import { onTestFinished } from 'vitest';
import { Emitter } from '../../src/client/Emitter.ts';
import type { ClientEvents, Delivery, MessageFrame, Welcome } from '../../src/client/events.ts';
import { MeetingError } from '../../src/client/MeetingError.ts';
import type { Departure, MeetingParticipant } from '../../src/client/participants.ts';
import { MeetingPeers } from '../../src/client/peers/MeetingPeers.ts';
import type { PeersSettings } from '../../src/client/peers/settings.ts';
import type { DepartureReason } from '../../src/protocol/participants.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { FakeNetwork } from './FakePeerConnection.ts';

/** What the mesh asks of a client. */
type Client = PeersSettings['client'];

/** How a signal fares: delivered after so many milliseconds, lost, or found to have nobody to go to. */
export type Fate = number | 'lost' | 'not-found' | 'stale';

/** A stream with as much as the mesh does with it. */
class FakeStream {
  readonly #tracks = new Set<MediaStreamTrack>();
  getTracks = () => [...this.#tracks];
  addTrack = (track: MediaStreamTrack) => this.#tracks.add(track);
  removeTrack = (track: MediaStreamTrack) => this.#tracks.delete(track);
}

/** A meeting in which everyone has a mesh, with a server and a network that do as they are told. */
export class FakeMesh {
  readonly clock = new ManualClock();
  readonly network = new FakeNetwork(this.clock);
  readonly members = new Map<string, FakeMember>();
  readonly random: () => number;
  /** How many have joined so far. */
  joined = 0;
  /** What becomes of the next signals, each after the other; then they arrive within 20 ms. */
  fates: Fate[] = [];
  readonly signals: { from: string; to: string; data: unknown }[] = [];
  limits: Record<string, number> = { messagesPerSecond: 50, messageBurst: 100 };
  iceServers: Welcome['iceServers'] = [];

  constructor(random: () => number = () => 0.5) {
    this.random = random;
  }

  /** Lets somebody join: those who are there learn of it by an event. */
  async join(name: string): Promise<FakeMember> {
    this.joined++;
    const member = new FakeMember(this, name);
    this.members.set(name, member);
    member.welcome();
    for (const other of this.members.values()) if (other !== member) other.sees('participantJoined', member);
    await this.settle();
    return member;
  }

  /** Lets time pass, in steps that give promises their turn. */
  async pass(ms: number, stepMs = 10): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(stepMs, left));
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve));
  }

  async deliver(from: FakeMember, to: { readonly session: string }, data: unknown): Promise<Delivery> {
    this.signals.push({ from: from.name, to: to.session, data });
    const fate = this.fates.shift() ?? Math.floor(this.random() * 20);
    const target = this.members.get(to.session);
    if (fate === 'not-found' || !target) throw new MeetingError('target_not_found', 'Nobody is called that.');
    const counts = { messageId: 'm', failed: 0 };
    if (fate === 'stale') return { ...counts, sent: 0, stale: 1 };
    if (fate !== 'lost') this.clock.after(fate, () => target.receive(from, structuredClone(data)));
    return { ...counts, sent: 1, stale: 0 };
  }
}

/** Somebody in the meeting, by a client that knows what it is told. */
export class FakeMember {
  readonly name: string;
  readonly peers: MeetingPeers;
  readonly told: string[] = [];
  readonly errors: MeetingError[] = [];
  /** Whose names it has in its roster; the mesh's own unless it knows better. */
  readonly missing = new Set<string>();
  status: 'open' | 'reconnecting' | 'closed' = 'open';
  readonly #mesh: FakeMesh;
  readonly #emitter = new Emitter<ClientEvents>((error) => {
    throw error;
  });
  #lastWelcome: Welcome | undefined;

  constructor(mesh: FakeMesh, name: string) {
    this.#mesh = mesh;
    this.name = name;
    const { clock, random, network } = mesh;
    this.peers = new MeetingPeers({
      ...{ client: this.#client(), clock, random, peerConnection: network.peerConnection },
      ...{ iceTransportPolicy: 'all', iceServers: undefined, videoBitsPerSecond: 4_000_000 },
      mediaStream: FakeStream as unknown as new () => MediaStream,
    });
    onTestFinished(() => this.peers.close());
    this.peers.on('peerAdded', ({ session }) => this.told.push(`added ${session}`));
    this.peers.on('peerUpdated', ({ session, state }) => this.told.push(`${session} ${state}`));
    this.peers.on('peerRemoved', ({ session }) => this.told.push(`removed ${session}`));
    this.peers.on('error', (error) => this.errors.push(error));
  }

  /** What it is told of another: the state of the way there, or nothing. */
  stateOf(session: string): string | undefined {
    return this.peers.peers.find((peer) => peer.session === session)?.state;
  }

  welcome(): void {
    const { limits, iceServers } = this.#mesh;
    this.status = 'open';
    this.#lastWelcome = { limits, iceServers } as Welcome;
    this.#emitter.emit('welcome', this.#lastWelcome);
  }

  sees(event: 'participantJoined' | 'participantUpdated', other: FakeMember): void {
    this.#emitter.emit(event, other.#asParticipant());
  }

  /** It goes, and the others learn why; `reason` of one whose tab was one of several: nobody says. */
  leave(reason: DepartureReason): void {
    const participant = this.#asParticipant();
    this.#mesh.members.delete(this.name);
    for (const other of this.#mesh.members.values())
      other.#emitter.emit('participantLeft', { participant, reason } as Departure);
  }

  loseSignalling(): void {
    this.status = 'reconnecting';
  }

  closeClient(): void {
    this.status = 'closed';
    this.#emitter.emit('stateChange', { status: 'closed', reason: 'closed' });
  }

  receive(from: Pick<FakeMember, 'name'>, data: unknown): void {
    if (this.status !== 'open') return;
    this.#emitter.emit('signal', {
      ...{ type: 'signal', data, messageId: 'm', timestamp: '' },
      from: { userId: `user of ${from.name}`, session: from.name, connectionId: 'c', userName: from.name },
    } as unknown as MessageFrame);
  }

  #asParticipant(): MeetingParticipant {
    const connections = [{ connectionId: 'c', session: this.name, joinedAt: '', attributes: {} }];
    return { userId: `user of ${this.name}`, presence: 'here', connections } as unknown as MeetingParticipant;
  }

  #client(): Client {
    const member = this;
    const mesh = this.#mesh;
    const client = {
      session: this.name,
      self: { userId: `user of ${this.name}` },
      get state() {
        return { status: member.status };
      },
      get lastWelcome() {
        return member.#lastWelcome;
      },
      get participants() {
        const there = [...mesh.members.values()].filter(({ name }) => !member.missing.has(name));
        return there.map((other) => other.#asParticipant());
      },
      signal: (target: { readonly session: string }, data: unknown) =>
        member.status === 'open' ? mesh.deliver(member, target, data) : new Promise(() => {}),
      on: this.#emitter.on.bind(this.#emitter),
    };
    return client as unknown as Client;
  }
}
