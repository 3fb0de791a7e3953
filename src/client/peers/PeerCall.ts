import type { Clock } from '../clock.ts';
import { Timers } from '../Timers.ts';
import type { PeerSignal } from './signals.ts';
import { CANDIDATES_MS, MOST_CANDIDATES } from './timing.ts';

/** The two things that are sent: what is heard, and what is seen. */
export type MediaKind = 'audio' | 'video';
const mediaKinds: readonly MediaKind[] = ['audio', 'video'];

/** What is sent to everyone; null: nothing. */
export type OwnTracks = Readonly<Record<MediaKind, MediaStreamTrack | null>>;

/** How a call begins and whom it tells. */
export type PeerCallPorts = {
  readonly clock: Clock;
  readonly peerConnection: typeof RTCPeerConnection;
  readonly configuration: RTCConfiguration;
  readonly generation: number;
  /** Of two offers that cross, the impolite end's holds. */
  readonly manners: 'polite' | 'impolite';
  readonly tracks: () => OwnTracks;
  readonly send: (signal: PeerSignal) => void;
  readonly onConnectionState: (state: RTCPeerConnectionState) => void;
  readonly onTrack: (track: MediaStreamTrack) => void;
  readonly onError: (error: unknown) => void;
};

type Description = { readonly type: 'offer' | 'answer'; readonly sdp: string };

/**
 * One RTCPeerConnection, from its first offer until it is closed: perfect negotiation, as the WebRTC specification has it
 * (https://www.w3.org/TR/webrtc/#perfect-negotiation-example), with candidates gathered and sent together. Whoever begins
 * offers one audio and one video for both directions, which is all that is ever negotiated: what is sent is replaced.
 */
export class PeerCall {
  readonly generation: number;
  readonly #ports: PeerCallPorts;
  readonly #pc: RTCPeerConnection;
  readonly #timers: Timers<'candidates'>;
  /** Candidates found here that wait to be sent. */
  #found: RTCIceCandidateInit[] = [];
  /** Candidates of the other end's that fit none of its descriptions so far. */
  #early: RTCIceCandidateInit[] = [];
  /** Everything that negotiates, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #state: 'open' | 'closed' = 'open';

  constructor(ports: PeerCallPorts) {
    const { clock, peerConnection, configuration, generation } = ports;
    this.#ports = ports;
    this.generation = generation;
    this.#timers = new Timers(clock);
    const pc = new peerConnection(configuration);
    this.#pc = pc;
    pc.onnegotiationneeded = () => this.#then(() => this.#offer());
    pc.onicecandidate = ({ candidate }) => candidate && this.#gather(candidate.toJSON());
    pc.onconnectionstatechange = () => ports.onConnectionState(pc.connectionState);
    pc.ontrack = ({ track }) => ports.onTrack(track);
  }

  /** Makes the first offer. */
  begin(): void {
    const tracks = this.#ports.tracks();
    for (const kind of mediaKinds) this.#pc.addTransceiver(tracks[kind] ?? kind, { direction: 'sendrecv' });
  }

  /** Takes what the other end says of this generation. */
  take(signal: PeerSignal): void {
    this.#then(async () => {
      if ('description' in signal) await this.#onDescription(signal.description);
      else if ('candidates' in signal) await this.#onCandidates(signal.candidates);
    });
  }

  /** Sends something else from now on, without negotiating. Resolves when it does, or the call is closed. */
  async setTrack(kind: MediaKind, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.#transceiverOf(kind)?.sender;
    if (sender && sender.track !== track) await sender.replaceTrack(track);
  }

  /** Holds what is sent to so many bits a second. */
  async setBitrate(kind: MediaKind, maxBitrate: number): Promise<void> {
    const sender = this.#transceiverOf(kind)?.sender;
    const parameters = sender?.getParameters();
    const [encoding] = parameters?.encodings ?? [];
    if (!sender || !parameters || !encoding || encoding.maxBitrate === maxBitrate) return;
    encoding.maxBitrate = maxBitrate;
    await sender.setParameters(parameters);
  }

  /** Looks for another way through the network, while media goes on over the one there is. */
  restartIce(): void {
    this.#pc.restartIce();
  }

  /** Uses these servers when it next looks for a way. */
  setIceServers(iceServers: RTCIceServer[]): void {
    this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
  }

  /** How loud the other is at this moment: 0 to 1. */
  get audioLevel(): number {
    const [source] = this.#transceiverOf('audio')?.receiver.getSynchronizationSources() ?? [];
    return source?.audioLevel ?? 0;
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#timers.stopAll();
    const pc = this.#pc;
    pc.onnegotiationneeded = null;
    pc.onicecandidate = null;
    pc.onconnectionstatechange = null;
    pc.ontrack = null;
    pc.close();
  }

  /** Runs one step after those before it; none once closed. A step may never end then, which holds up nothing else. */
  #then(step: () => Promise<void>): void {
    this.#turn = this.#turn.then(async () => {
      if (this.#state === 'closed') return;
      try {
        await step();
      } catch (error) {
        if (this.#state === 'open') this.#ports.onError(error);
      }
    });
  }

  async #offer(): Promise<void> {
    // The browser asks again when it is, if there is still something to negotiate.
    if (this.#pc.signalingState !== 'stable') return;
    await this.#pc.setLocalDescription();
    this.#describe();
  }

  async #onDescription(description: Description): Promise<void> {
    const pc = this.#pc;
    const isOffer = description.type === 'offer';
    const isCrossing = isOffer && pc.signalingState !== 'stable';
    if (isCrossing && this.#ports.manners === 'impolite') return;
    // An answer to an offer that was taken back.
    if (!isOffer && pc.signalingState !== 'have-local-offer') return;
    await pc.setRemoteDescription(description);
    const early = this.#early;
    this.#early = [];
    await this.#onCandidates(early);
    if (!isOffer) return;
    await this.#prepareAnswer();
    await pc.setLocalDescription();
    this.#describe();
  }

  /** Sends as much as it receives: a transceiver that an offer made only receives. */
  async #prepareAnswer(): Promise<void> {
    const tracks = this.#ports.tracks();
    for (const transceiver of this.#pc.getTransceivers()) {
      if (transceiver.direction === 'sendrecv' || transceiver.direction === 'stopped') continue;
      transceiver.direction = 'sendrecv';
      const kind = transceiver.receiver.track.kind as MediaKind;
      await transceiver.sender.replaceTrack(tracks[kind] ?? null);
    }
  }

  /** Adds candidates; those that fit no description yet are kept for the next. */
  async #onCandidates(candidates: readonly RTCIceCandidateInit[]): Promise<void> {
    const unfit: RTCIceCandidateInit[] = [];
    for (const candidate of candidates) {
      if (!this.#pc.remoteDescription) unfit.push(candidate);
      else await this.#pc.addIceCandidate(candidate).catch(() => unfit.push(candidate));
    }
    this.#early = [...this.#early, ...unfit].slice(-MOST_CANDIDATES);
  }

  #gather(candidate: RTCIceCandidateInit): void {
    this.#found.push(candidate);
    if (!this.#timers.has('candidates'))
      this.#timers.set('candidates', CANDIDATES_MS, () => this.#sendFound());
  }

  #sendFound(): void {
    const candidates = this.#found;
    this.#found = [];
    if (candidates.length > 0) this.#ports.send({ generation: this.generation, candidates });
  }

  #describe(): void {
    const { localDescription } = this.#pc;
    if (this.#state === 'closed' || !localDescription) return;
    const { type, sdp } = localDescription;
    if (type !== 'offer' && type !== 'answer') return;
    this.#ports.send({ generation: this.generation, description: { type, sdp } });
  }

  #transceiverOf(kind: MediaKind): RTCRtpTransceiver | undefined {
    if (this.#state === 'closed') return undefined;
    return this.#pc.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
  }
}
