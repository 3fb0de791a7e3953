import { Emitter } from '../Emitter.ts';
import type { MessageFrame } from '../events.ts';
import { MeetingError } from '../MeetingError.ts';
import type { Departure } from '../participants.ts';
import { Timers } from '../Timers.ts';
import type { MeetingPeer, PeerEvents } from './events.ts';
import { keyOf, type Member, membersOf } from './members.ts';
import { Peer, type PeerState } from './Peer.ts';
import type { MediaKind, OwnTracks } from './PeerCall.ts';
import { Resending } from './Resending.ts';
import { Starts } from './Starts.ts';
import { configurationOf, type PeersSettings } from './settings.ts';
import { type PeerSignal, parsePeerSignal } from './signals.ts';
import { type PeerStats, StatsReader } from './stats.ts';
import { OFFER_PATIENCE_MS, ORPHAN_MS, STRANGER_MS } from './timing.ts';

/** Where a peer stands in the roster. `stranger`: not in it yet. `orphan`: its signalling was lost. */
type Standing = 'listed' | 'stranger' | 'orphan';

type Seat = {
  readonly peer: Peer;
  readonly stats: StatsReader;
  readonly timers: Timers<'offer' | 'absent'>;
  view: MeetingPeer;
  standing: Standing;
};

/**
 * Peer connections to everyone in a meeting, one for each session. They live as long as the session is there and media
 * flows: no loss of a WebSocket, on either side, closes one.
 */
export class MeetingPeers {
  readonly #settings: PeersSettings;
  readonly #emitter = new Emitter<PeerEvents>((cause) => console.error(cause));
  readonly #seats = new Map<string, Seat>();
  readonly #resending: Resending;
  readonly #starts: Starts;
  readonly #unsubscribe: (() => void)[];
  #tracks: OwnTracks = { audio: null, video: null };
  #state: 'open' | 'closed' = 'open';

  constructor(settings: PeersSettings) {
    const { client, clock } = settings;
    this.#settings = settings;
    this.#resending = new Resending(clock);
    this.#starts = new Starts(clock, (key) => this.#seats.get(key)?.peer.begin());
    this.#unsubscribe = [
      client.on('welcome', () => this.#onWelcome()),
      client.on('participantJoined', () => this.#learn('event')),
      client.on('participantUpdated', () => this.#learn('event')),
      client.on('participantLeft', (departure) => this.#onLeft(departure)),
      client.on('signal', (message) => this.#onSignal(message)),
      client.on('stateChange', ({ status }) => status === 'closed' && this.close()),
    ];
    if (client.lastWelcome) this.#onWelcome();
  }

  /** Everyone there is, or has been a moment ago, a way to. */
  get peers(): readonly MeetingPeer[] {
    return [...this.#seats.values()].map(({ view }) => view);
  }

  /** Calls a listener with each event of this name. Returns what takes it away again. */
  get on(): Emitter<PeerEvents>['on'] {
    return this.#emitter.on;
  }

  /** Calls a listener with the next event of this name. Returns what takes it away before. */
  get once(): Emitter<PeerEvents>['once'] {
    return this.#emitter.once;
  }

  /** Takes a listener away that `on` was given. */
  get off(): Emitter<PeerEvents>['off'] {
    return this.#emitter.off;
  }

  /**
   * What all others get, now and those to come; null: nothing. Replaces without negotiating, a camera by a screen as
   * well. The track stays the caller's: nobody else stops it.
   */
  async setTrack(kind: MediaKind, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks = { ...this.#tracks, [kind]: track };
    const seats = [...this.#seats.values()];
    await Promise.all(
      seats.map(({ peer, view }) =>
        peer.setTrack(kind, track).catch((error: unknown) => this.#tellError(view, error)),
      ),
    );
  }

  /** How each peer's media fares, counted since the last call. */
  stats(): Promise<readonly PeerStats[]> {
    const read = async ({ peer, stats, view }: Seat) => stats.read(view, await peer.call?.getStats());
    return Promise.all([...this.#seats.values()].map(read));
  }

  /** How loud somebody is at this moment: 0 to 1. Cheap enough to ask for at each frame. */
  audioLevelOf({ userId, session }: Pick<MeetingPeer, 'userId' | 'session'>): number {
    return this.#seats.get(keyOf({ userId, session }))?.peer.call?.audioLevel ?? 0;
  }

  /** Closes every peer connection, and makes no other. The client goes on, and so do the tracks. */
  close(): void {
    if (this.#state === 'closed') return;
    const farewell = this.#settings.client.state.status === 'open' ? 'told' : 'silent';
    for (const key of [...this.#seats.keys()]) this.#remove(key, farewell);
    this.#state = 'closed';
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#starts.close();
    this.#resending.close();
    this.#emitter.close();
  }

  #onWelcome(): void {
    this.#starts.pace(this.#settings.client.lastWelcome?.limits ?? {});
    for (const { peer, view } of this.#seats.values()) {
      peer.renewIceServers().catch((error: unknown) => this.#tellError(view, error));
    }
    this.#learn('welcome');
  }

  #learn(cause: 'welcome' | 'event'): void {
    const members = membersOf(this.#settings.client).filter((member) => !this.#isOwn(member));
    for (const member of members) this.#list(member, cause);
    const keys = new Set(members.map(keyOf));
    for (const [key, { standing }] of this.#seats) {
      if (standing === 'listed' && !keys.has(key)) this.#orphan(key);
    }
  }

  /** Whoever finds another in its welcome offers; whoever learns of one by an event waits for that offer. */
  #list(member: Member, cause: 'welcome' | 'event'): void {
    const key = keyOf(member);
    const seat = this.#seats.get(key) ?? this.#add(member);
    if (seat.standing === 'listed') return;
    seat.standing = 'listed';
    seat.timers.stop('absent');
    if (seat.peer.isBegun) return;
    if (cause === 'welcome') this.#starts.add(key);
    else seat.timers.set('offer', OFFER_PATIENCE_MS, () => this.#starts.add(key));
  }

  #isOwn({ userId, session }: Member): boolean {
    const { client } = this.#settings;
    return session === client.session && userId === client.self?.userId;
  }

  #onLeft({ participant, reason }: Departure): void {
    for (const { session } of participant.connections) {
      if (session === undefined) continue;
      const key = keyOf({ userId: participant.userId, session });
      if (reason === 'connection-lost' || reason === 'expired') this.#orphan(key);
      else this.#remove(key);
    }
  }

  /** Keeps a peer whose signalling is gone, as long as media flows. */
  #orphan(key: string): void {
    const seat = this.#seats.get(key);
    if (!seat) return;
    seat.standing = 'orphan';
    if (seat.peer.state !== 'connected') this.#remove(key);
    else seat.timers.set('absent', ORPHAN_MS, () => this.#remove(key));
  }

  #onSignal({ from, data }: MessageFrame): void {
    const signal = parsePeerSignal(data);
    const { userId, session } = from;
    if (!signal || session === undefined || this.#isOwn({ userId, session })) return;
    const key = keyOf({ userId, session });
    const seat = this.#seats.get(key) ?? this.#add({ userId, session });
    seat.peer.take(signal);
    if (seat.peer.isBegun) this.#cancelStart(key);
    if (seat.standing === 'stranger') seat.timers.set('absent', STRANGER_MS, () => this.#remove(key));
  }

  #add(member: Member): Seat {
    const { client, clock, random, peerConnection, mediaStream } = this.#settings;
    const key = keyOf(member);
    const seat: Seat = {
      stats: new StatsReader(),
      timers: new Timers(clock),
      standing: 'stranger',
      view: { ...member, state: 'connecting', stream: new mediaStream() },
      peer: new Peer({
        ...{ clock, random, peerConnection },
        manners:
          keyOf({ userId: client.self?.userId, session: client.session }) < key ? 'polite' : 'impolite',
        configuration: () => configurationOf(this.#settings),
        tracks: () => this.#tracks,
        isReachable: () => client.state.status === 'open',
        send: (signal) => this.#send(member, signal),
        onState: (state) => this.#onState(key, state),
        onTrack: (track) => this.#onTrack(key, track),
        onError: (error) => this.#tellError(member, error),
      }),
    };
    this.#seats.set(key, seat);
    this.#emitter.emit('peerAdded', seat.view);
    return seat;
  }

  #remove(key: string, farewell: 'told' | 'silent' = 'silent'): void {
    const seat = this.#seats.get(key);
    if (!seat) return;
    this.#cancelStart(key);
    seat.timers.stopAll();
    seat.peer.close(farewell);
    this.#seats.delete(key);
    this.#emitter.emit('peerRemoved', seat.view);
    this.#shareBitrate();
  }

  #cancelStart(key: string): void {
    this.#seats.get(key)?.timers.stop('offer');
    this.#starts.cancel(key);
  }

  #send({ userId, session }: Member, signal: PeerSignal): void {
    const key = keyOf({ userId, session });
    const isFarewell = 'closed' in signal;
    this.#resending.send({
      send: () => this.#settings.client.signal({ session, userId }, signal),
      isWorthIt: () =>
        this.#state === 'open' &&
        (isFarewell || this.#seats.get(key)?.peer.call?.generation === signal.generation),
      onError: (error) => this.#tellError({ userId, session }, error),
    });
  }

  #onState(key: string, state: PeerState): void {
    const seat = this.#seats.get(key);
    if (!seat) return;
    if (seat.standing === 'orphan' && state !== 'connected') {
      this.#remove(key);
    } else {
      this.#show(seat, { ...seat.view, state });
      this.#shareBitrate();
    }
  }

  #onTrack(key: string, track: MediaStreamTrack): void {
    const seat = this.#seats.get(key);
    if (!seat) return;
    const { stream } = seat.view;
    for (const old of stream.getTracks()) if (old.kind === track.kind) stream.removeTrack(old);
    stream.addTrack(track);
    this.#show(seat, { ...seat.view });
  }

  #show(seat: Seat, view: MeetingPeer): void {
    seat.view = view;
    this.#emitter.emit('peerUpdated', view);
  }

  /** Each peer gets a copy of its own: together they are to fit through an uplink. */
  #shareBitrate(): void {
    const connected = [...this.#seats.values()].filter(({ view }) => view.state === 'connected');
    const each = Math.floor(this.#settings.videoBitsPerSecond / connected.length);
    for (const { peer, view } of connected) {
      peer.call?.setBitrate('video', each).catch((error: unknown) => this.#tellError(view, error));
    }
  }

  #tellError({ userId }: Member, cause: unknown): void {
    if (this.#state === 'closed') return;
    const message = `The connection to ${userId} has trouble: ${cause instanceof Error ? cause.message : cause}`;
    this.#emitter.emit('error', new MeetingError('peer_failed', message, { cause }));
  }
}
