import type { Clock } from '../clock.ts';
import { Timers } from '../Timers.ts';
import { type MediaKind, type OwnTracks, PeerCall } from './PeerCall.ts';
import type { PeerSignal } from './signals.ts';
import { usesRelay } from './stats.ts';
import {
  CONNECT_MS,
  CREDENTIALS_MS,
  DISCONNECTED_MS,
  LONGEST_CONNECT_MS,
  MOST_CANDIDATES,
  POLITENESS_MS,
  RESTART_MS,
} from './timing.ts';

/**
 * Where the way to another stands. `connecting`: it has never been up. `reconnecting`: it was, and another is looked for.
 * `unreachable`: a call didn't come up in its time; others are tried.
 */
export type PeerState = 'connecting' | 'connected' | 'reconnecting' | 'unreachable';

/** What a peer needs from outside. */
export type PeerPorts = {
  readonly clock: Clock;
  readonly random: () => number;
  readonly peerConnection: typeof RTCPeerConnection;
  readonly configuration: () => RTCConfiguration;
  readonly manners: 'polite' | 'impolite';
  readonly tracks: () => OwnTracks;
  /** Whether the other can be told anything now. */
  readonly isReachable: () => boolean;
  readonly send: (signal: PeerSignal) => void;
  readonly onState: (state: PeerState) => void;
  readonly onTrack: (track: MediaStreamTrack) => void;
  readonly onError: (error: unknown) => void;
};

/**
 * The way to one other session, over one call after the other. Each end may begin a call: of two, the one with the higher
 * generation holds, and either end sees by itself which that is. A call that broke is mended by an ICE restart, and if
 * that does not help, by another call.
 */
export class Peer {
  readonly #ports: PeerPorts;
  readonly #timers: Timers<'mend'>;
  #call: PeerCall | undefined;
  #configuredAtMs = 0;
  /** The highest generation that either end has named. */
  #generation = 0;
  #state: PeerState = 'connecting';
  #life: 'open' | 'closed' = 'open';
  /** What helps next when the way is broken. */
  #remedy: 'restart-ice' | 'begin-anew' = 'begin-anew';
  #failures = 0;
  /** Candidates that came before the offer of their call. */
  #early: { readonly generation: number; readonly candidates: readonly RTCIceCandidateInit[] } | undefined;

  constructor(ports: PeerPorts) {
    this.#ports = ports;
    this.#timers = new Timers(ports.clock);
  }

  get state(): PeerState {
    return this.#state;
  }

  /** Whether a call was ever begun, by either end. */
  get isBegun(): boolean {
    return this.#call !== undefined;
  }

  get call(): PeerCall | undefined {
    return this.#call;
  }

  /** Begins a call, in place of any that there is. */
  begin(): void {
    const { clock, manners } = this.#ports;
    // The last bit tells the ends apart. A clock rather than a count: whoever loaded their page again counts from 1.
    this.#forsake();
    if (this.#life === 'closed') return;
    const half = Math.max(Math.floor(clock.now()), Math.floor(this.#generation / 2) + 1);
    this.#start(half * 2 + (manners === 'impolite' ? 1 : 0)).begin();
  }

  /** Takes a signal of the other end's. */
  take(signal: PeerSignal): void {
    const { generation } = signal;
    if (generation === this.#call?.generation) {
      if ('closed' in signal) {
        this.#hangUp();
        this.#forsake();
      } else {
        this.#call.take(signal);
      }
    } else if (generation > this.#generation) {
      if ('candidates' in signal) this.#keep(signal);
      else if ('description' in signal && signal.description.type === 'offer') this.#answer(signal);
    }
  }

  /** Uses these servers from now on; what is relayed by older ones for long changes over to them. */
  async renewIceServers(): Promise<void> {
    const call = this.#call;
    const { iceServers } = this.#ports.configuration();
    if (!call || !iceServers) return;
    call.setIceServers(iceServers);
    if (this.#ports.clock.elapsedMs() - this.#configuredAtMs < CREDENTIALS_MS) return;
    if (!usesRelay(await call.getStats())) return;
    this.#configuredAtMs = this.#ports.clock.elapsedMs();
    if (call === this.#call) call.restartIce();
  }

  /** Sends something else from now on. */
  async setTrack(kind: MediaKind, track: MediaStreamTrack | null): Promise<void> {
    await this.#call?.setTrack(kind, track);
  }

  /** Closes for good, and tells the other end if it can be told. */
  close(farewell: 'told' | 'silent'): void {
    const { generation } = this.#call ?? {};
    if (farewell === 'told' && generation !== undefined) this.#ports.send({ generation, closed: true });
    this.#life = 'closed';
    this.#hangUp();
  }

  /** Whoever hears that the way is broken may close this peer. */
  #forsake(): void {
    if (this.#state === 'connected') this.#setState('reconnecting');
  }

  #start(generation: number): PeerCall {
    this.#call?.close();
    this.#generation = generation;
    this.#remedy = 'begin-anew';
    this.#configuredAtMs = this.#ports.clock.elapsedMs();
    const call = new PeerCall({
      ...this.#ports,
      configuration: this.#ports.configuration(),
      generation,
      onConnectionState: (state) => this.#onConnectionState(state),
    });
    this.#call = call;
    this.#mendAfter(Math.min(CONNECT_MS * 2 ** this.#failures, LONGEST_CONNECT_MS));
    return call;
  }

  #answer(offer: PeerSignal): void {
    const early = this.#early;
    this.#early = undefined;
    this.#forsake();
    if (this.#life === 'closed') return;
    const call = this.#start(offer.generation);
    call.take(offer);
    if (early?.generation === offer.generation) call.take(early);
  }

  #keep({ generation, candidates }: Extract<PeerSignal, { candidates: unknown }>): void {
    const before = this.#early?.generation === generation ? this.#early.candidates : [];
    if (generation < (this.#early?.generation ?? 0)) return;
    this.#early = { generation, candidates: [...before, ...candidates].slice(0, MOST_CANDIDATES) };
  }

  #hangUp(): void {
    this.#timers.stopAll();
    this.#call?.close();
    this.#call = undefined;
  }

  #onConnectionState(state: RTCPeerConnectionState): void {
    if (state === 'connected') {
      this.#timers.stop('mend');
      this.#failures = 0;
      this.#remedy = 'restart-ice';
      this.#setState('connected');
    } else if (this.#state === 'connected' && (state === 'disconnected' || state === 'failed')) {
      // Whatever has not been up yet has its time to connect.
      this.#mendAfter(state === 'failed' ? 0 : DISCONNECTED_MS);
      this.#forsake();
    }
  }

  #mendAfter(delayMs: number): void {
    const { manners, random } = this.#ports;
    const politeMs = manners === 'polite' ? POLITENESS_MS : 0;
    this.#timers.set('mend', delayMs + politeMs + random() * 1000, () => this.#mend());
  }

  #mend(): void {
    if (!this.#ports.isReachable()) {
      this.#mendAfter(1000);
    } else if (this.#remedy === 'restart-ice') {
      this.#remedy = 'begin-anew';
      // The first call after it has not failed yet.
      this.#failures = -1;
      this.#call?.restartIce();
      this.#mendAfter(RESTART_MS);
    } else {
      this.#failures++;
      if (this.#failures > 0) this.#setState('unreachable');
      this.begin();
    }
  }

  #setState(state: PeerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#ports.onState(state);
  }
}
