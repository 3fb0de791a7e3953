import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ClientState, Clock, MeetingParticipant, Self } from '../../src/client/index.ts';
import type { MeetingPeer, PeerStats } from '../../src/client/peers/index.ts';
import type { Devices } from '../devices/Devices.ts';
import { texts } from '../texts.ts';
import { Chat } from './Chat.ts';
import { chooseTiles, type Tiles } from './chooseTiles.ts';
import { repeat } from './clock.ts';
import { keyOf, listPeople, type Person, type Shares, sharesOf } from './people.ts';
import type { CallClient, CallPeers } from './ports.ts';
import { hear, isSpeaking } from './voices.ts';

/** What a call is made of. */
export type CallParts = {
  readonly client: CallClient;
  readonly peers: CallPeers;
  readonly devices: Devices;
  readonly clock: Clock;
  readonly random: () => number;
  /** How loud one's own microphone is, from 0 to 1. */
  readonly ownLevel: () => number;
};

/** Something to be read out to who can't see the page. */
export type Announcement = { readonly id: number; readonly text: string };

const STATS_MS = 2000;
/** A syllable takes longer. */
const VOICES_MS = 100;

/** One stay in a meeting: who is there, what they share, what they say. Ends with its client. */
export class Call {
  readonly chat: Chat;
  readonly #parts: CallParts;
  readonly #state: Signal<ClientState>;
  readonly #self = signal<Self | undefined>(undefined);
  readonly #participants = signal<readonly MeetingParticipant[]>([]);
  readonly #peers = signal<readonly MeetingPeer[]>([]);
  readonly #stats = signal<readonly PeerStats[]>([]);
  /** When each was last heard; {@link #voices} has it when somebody begins or stops, so that the page rests otherwise. */
  #heard: ReadonlyMap<string, number> = new Map();
  #speaking: readonly string[] = [];
  readonly #voices = signal<{ readonly heard: ReadonlyMap<string, number>; readonly nowMs: number }>({
    heard: new Map(),
    nowMs: 0,
  });
  readonly #lock = signal<'locked' | 'unlocked'>('unlocked');
  readonly #hand = signal<'up' | 'down'>('down');
  readonly #announcement = signal<Announcement>({ id: 0, text: '' });
  readonly #cleanups: (() => void)[] = [];

  readonly people: ReadonlySignal<readonly Person[]> = computed(() => this.#listPeople());
  readonly tiles: ReadonlySignal<Tiles> = computed(() => chooseTiles(this.people.value));
  /** What one tells the others of oneself. While a screen is shared, no camera is: there is one picture of each. */
  readonly shares: ReadonlySignal<Shares> = computed(() => {
    const { microphone, camera, screen } = this.#parts.devices;
    const isSharing = screen.track.value !== null;
    return {
      microphone: microphone.state.value.status === 'on',
      camera: camera.state.value.status === 'on' && !isSharing,
      screen: isSharing,
      hand: this.#hand.value === 'up',
    };
  });

  constructor(parts: CallParts) {
    const { client, clock, random } = parts;
    this.#parts = parts;
    this.#state = signal(client.state);
    this.chat = new Chat(client, { clock, random });
    this.#cleanups.push(
      ...this.#listen(),
      this.#sendTracks(),
      this.#tellShares(),
      repeat(clock, STATS_MS, () => this.#readStats()),
      repeat(clock, VOICES_MS, () => this.#listenForVoices()),
    );
  }

  get state(): ReadonlySignal<ClientState> {
    return this.#state;
  }

  get meetingId(): string {
    return this.#parts.client.meetingId;
  }

  /** Who one is, in the server's words, since one is in. */
  get self(): ReadonlySignal<Self | undefined> {
    return this.#self;
  }

  /** The other ends, with their sound and pictures, shown or not. */
  get peers(): ReadonlySignal<readonly MeetingPeer[]> {
    return this.#peers;
  }

  get lock(): ReadonlySignal<'locked' | 'unlocked'> {
    return this.#lock;
  }

  get hand(): ReadonlySignal<'up' | 'down'> {
    return this.#hand;
  }

  get announcement(): ReadonlySignal<Announcement> {
    return this.#announcement;
  }

  toggleHand(): void {
    this.#hand.value = this.#hand.value === 'up' ? 'down' : 'up';
    this.announce(this.#hand.value === 'up' ? texts.handIsUp : texts.handIsDown);
  }

  /** Locks the meeting, or unlocks it. Rejects with a `MeetingError`. */
  async toggleLock(): Promise<void> {
    const { client } = this.#parts;
    const isLocked = this.#lock.value === 'locked';
    await (isLocked ? client.unlock() : client.lock());
    // Others are told by an event; who did it is not.
    this.#setLock(isLocked ? 'unlocked' : 'locked');
  }

  /** Removes a user from the meeting. Rejects with a `MeetingError`. */
  async remove(userId: string): Promise<void> {
    await this.#parts.client.remove(userId);
  }

  /** Has a sentence read out. */
  announce(text: string): void {
    this.#announcement.value = { id: this.#announcement.value.id + 1, text };
  }

  async leave(): Promise<void> {
    this.#parts.peers.close();
    await this.#parts.client.leave();
  }

  /** Gives up at once. */
  close(): void {
    this.#parts.client.close();
  }

  #listen(): (() => void)[] {
    const { client, peers } = this.#parts;
    return [
      client.on('stateChange', (state) => this.#onState(state)),
      client.on('welcome', ({ locked, resumption, log }) => {
        this.#self.value = client.self;
        this.#lock.value = locked ? 'locked' : 'unlocked';
        this.#readRoster();
        if (resumption === 'first') void this.chat.readBefore(log.seq + 1);
      }),
      client.on('logGap', () => void this.chat.readAgain()),
      client.on('chat', (chat) => {
        this.chat.take(chat);
        if (!chat.own && this.chat.unread.value > 0) this.announce(texts.chatFrom(chat));
      }),
      client.on('participantJoined', ({ userName }) => {
        this.#readRoster();
        this.chat.note('joined', userName);
        this.announce(texts.joined(userName));
      }),
      client.on('participantUpdated', (participant) => this.#onUpdated(participant)),
      client.on('participantLeft', ({ participant, reason }) => {
        this.#readRoster();
        const kind = reason === 'kicked' ? 'removed' : 'left';
        this.chat.note(kind, participant.userName);
        this.announce(texts[kind](participant.userName));
      }),
      client.on('meetingLocked', () => this.#setLock('locked')),
      client.on('meetingUnlocked', () => this.#setLock('unlocked')),
      peers.on('peerAdded', () => this.#readRoster()),
      peers.on('peerUpdated', () => this.#readRoster()),
      peers.on('peerRemoved', () => this.#readRoster()),
    ];
  }

  #onState(state: ClientState): void {
    const before = this.#state.value;
    this.#state.value = state;
    if (state.status === 'reconnecting' && before.status === 'open') this.announce(texts.reconnecting);
    if (state.status === 'open' && before.status === 'reconnecting') this.announce(texts.reconnected);
    if (state.status !== 'closed') return;
    this.#parts.peers.close();
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }

  #onUpdated(participant: MeetingParticipant): void {
    const before = this.people.peek().filter(({ userId }) => userId === participant.userId);
    this.#readRoster();
    const wasUp = before.some(({ shares }) => shares.hand);
    const isUp = participant.connections.some(({ attributes }) => sharesOf(attributes).hand);
    const isOwn = participant.userId === this.#self.value?.userId;
    if (isUp && !wasUp && !isOwn) this.announce(texts.raisedHand(participant.userName));
  }

  #setLock(lock: 'locked' | 'unlocked'): void {
    if (this.#lock.value === lock) return;
    this.#lock.value = lock;
    this.announce(lock === 'locked' ? texts.meetingLocked : texts.meetingUnlocked);
  }

  #readRoster(): void {
    batch(() => {
      this.#participants.value = this.#parts.client.participants;
      this.#peers.value = this.#parts.peers.peers;
    });
  }

  #listPeople(): readonly Person[] {
    const { heard, nowMs } = this.#voices.value;
    const people = listPeople({
      self: { userId: this.#self.value?.userId ?? '', session: this.#parts.client.session },
      participants: this.#participants.value,
      peers: this.#peers.value,
      stats: this.#stats.value,
      ...{ voices: heard, nowMs },
    });
    // One's own tile follows the hand at once, without a word from the server.
    return people.map((person) =>
      person.place === 'self' ? { ...person, shares: this.shares.value } : person,
    );
  }

  #sendTracks(): () => void {
    const { peers, devices } = this.#parts;
    const stopAudio = effect(() => void peers.setTrack('audio', devices.microphone.track.value));
    const stopVideo = effect(() => {
      void peers.setTrack('video', devices.screen.track.value ?? devices.camera.track.value);
    });
    return () => {
      stopAudio();
      stopVideo();
    };
  }

  #tellShares(): () => void {
    // The client was made with the first of them.
    let last = JSON.stringify(this.shares.peek());
    return effect(() => {
      const shares = this.shares.value;
      if (JSON.stringify(shares) === last) return;
      last = JSON.stringify(shares);
      // The client says it again with its next join.
      this.#parts.client.update(shares).catch(() => {});
    });
  }

  async #readStats(): Promise<void> {
    this.#stats.value = await this.#parts.peers.stats().catch(() => []);
  }

  #listenForVoices(): void {
    const { client, peers, devices, clock, ownLevel } = this.#parts;
    const levels = new Map(
      this.#peers.value.map((peer) => [keyOf(peer.userId, peer.session), peers.audioLevelOf(peer)]),
    );
    const { self } = client;
    if (self && devices.microphone.state.value.status === 'on') {
      levels.set(keyOf(self.userId, client.session), ownLevel());
    }
    const nowMs = clock.elapsedMs();
    this.#heard = hear(this.#heard, levels, nowMs);
    const speaking = [...this.#heard]
      .filter(([, heardAtMs]) => isSpeaking(heardAtMs, nowMs))
      .map(([key]) => key);
    if (speaking.join() === this.#speaking.join()) return;
    this.#speaking = speaking;
    this.#voices.value = { heard: this.#heard, nowMs };
  }
}
