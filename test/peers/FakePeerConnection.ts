import type { ManualClock } from '../harness/ManualClock.ts';

type Kind = 'audio' | 'video';
type Direction = 'sendrecv' | 'recvonly' | 'sendonly' | 'inactive' | 'stopped';

/** What a fake's SDP says. */
type Sdp = { readonly ufrag: string; readonly answers?: string; readonly kinds: readonly Kind[] };

/** A track with as much as the mesh looks at. */
export const fakeTrack = (kind: Kind, id: string): MediaStreamTrack => ({ kind, id }) as MediaStreamTrack;

class FakeSender {
  #encodings = [{ maxBitrate: undefined as number | undefined }];
  track: MediaStreamTrack | null;

  constructor(track: MediaStreamTrack | null) {
    this.track = track;
  }

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
  }

  getParameters() {
    return { encodings: this.#encodings.map((encoding) => ({ ...encoding })) };
  }

  async setParameters({ encodings }: { encodings: { maxBitrate: number | undefined }[] }): Promise<void> {
    this.#encodings = encodings;
  }
}

class FakeTransceiver {
  readonly kind: Kind;
  readonly sender: FakeSender;
  readonly receiver: {
    readonly track: MediaStreamTrack;
    getSynchronizationSources(): { audioLevel: number }[];
  };
  direction: Direction;
  /** What `addTransceiver` made belongs to no line of the other's offer until its own is answered. */
  negotiated: 'not-yet' | 'done' = 'not-yet';

  constructor(kind: Kind, track: MediaStreamTrack | null, direction: Direction) {
    this.kind = kind;
    this.sender = new FakeSender(track);
    this.receiver = {
      track: fakeTrack(kind, `received-${kind}`),
      getSynchronizationSources: () => [{ audioLevel: 0.25 }],
    };
    this.direction = direction;
  }
}

/**
 * The network that fakes look for each other in. Two are connected when each is the other's: what one describes, the other
 * answers, and each knows a candidate of the other's.
 */
export class FakeNetwork {
  readonly clock: ManualClock;
  readonly connections: FakePeerConnection[] = [];
  /** What each end's own candidate is that is used: `relay` over TURN. */
  candidateType: 'host' | 'relay' = 'host';
  #names = 0;

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  /** The constructor for one end. */
  get peerConnection(): typeof RTCPeerConnection {
    const network = this;
    return class extends FakePeerConnection {
      constructor(configuration: RTCConfiguration) {
        super(network, configuration);
        network.connections.push(this);
      }
    } as unknown as typeof RTCPeerConnection;
  }

  get open(): readonly FakePeerConnection[] {
    return this.connections.filter(({ signalingState }) => signalingState !== 'closed');
  }

  name(): string {
    return `u${++this.#names}`;
  }

  /** Connects those that have become each other's. */
  look(): void {
    for (const one of this.open) {
      const other = this.partnerOf(one);
      if (!other || (one.path !== undefined && one.path === other.path)) continue;
      const path = this.name();
      for (const end of [one, other]) end.connect(path);
    }
  }

  partnerOf(one: FakePeerConnection): FakePeerConnection | undefined {
    return this.open.find((other) => other !== one && one.matches(other) && other.matches(one));
  }

  /** Breaks the way between two: after a while browsers see that it is gone. */
  cut(one: FakePeerConnection): void {
    const other = this.open.find((end) => end !== one && end.path === one.path && end.path !== undefined);
    for (const end of [one, other]) end?.cut();
  }
}

/** An RTCPeerConnection's negotiating, after https://www.w3.org/TR/webrtc/, without any media. */
export class FakePeerConnection {
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: { toJSON(): object } | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { track: MediaStreamTrack }) => void) | null = null;
  signalingState: 'stable' | 'have-local-offer' | 'have-remote-offer' | 'closed' = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: { type: 'offer' | 'answer'; sdp: string } | null = null;
  remoteDescription: { type: 'offer' | 'answer'; sdp: string } | null = null;
  /** The way that is used; both ends have the same. */
  path: string | undefined;
  readonly #network: FakeNetwork;
  readonly #transceivers: FakeTransceiver[] = [];
  readonly #candidates = new Set<string>();
  #configuration: RTCConfiguration;
  #negotiation: 'settled' | 'needed' = 'settled';
  #restart: 'none' | 'asked' = 'none';
  #ufrag: string;
  #before: { local: FakePeerConnection['localDescription']; ufrag: string } | undefined;

  constructor(network: FakeNetwork, configuration: RTCConfiguration) {
    this.#network = network;
    this.#configuration = configuration;
    this.#ufrag = network.name();
  }

  getConfiguration(): RTCConfiguration {
    return this.#configuration;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.#demandOpen();
    this.#configuration = configuration;
  }

  addTransceiver(of: MediaStreamTrack | Kind, { direction }: { direction: Direction }): FakeTransceiver {
    const transceiver =
      typeof of === 'string'
        ? new FakeTransceiver(of, null, direction)
        : new FakeTransceiver(of.kind as Kind, of, direction);
    this.#transceivers.push(transceiver);
    this.#need();
    return transceiver;
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return this.#transceivers;
  }

  restartIce(): void {
    this.#restart = 'asked';
    this.#need();
  }

  async setLocalDescription(): Promise<void> {
    await this.#step();
    const answers = this.signalingState === 'have-remote-offer';
    if (!answers) this.#before = { local: this.localDescription, ufrag: this.#ufrag };
    if (!answers && this.#restart === 'asked') {
      this.#ufrag = this.#network.name();
      this.#restart = 'none';
    }
    const remote = answers ? parse(this.remoteDescription) : undefined;
    const kinds = this.#transceivers.map(({ kind }) => kind);
    const sdp = JSON.stringify({ ufrag: this.#ufrag, kinds, ...(remote && { answers: remote.ufrag }) });
    this.localDescription = { type: answers ? 'answer' : 'offer', sdp };
    this.signalingState = answers ? 'stable' : 'have-local-offer';
    if (answers) this.#settle();
    else this.#negotiation = 'settled';
    this.#network.clock.after(10, () => this.#find());
  }

  async setRemoteDescription(description: { type: 'offer' | 'answer'; sdp: string }): Promise<void> {
    await this.#step();
    const sdp = parse(description);
    if (!sdp) throw new DOMException('Failed to parse SessionDescription.', 'OperationError');
    if (description.type === 'answer') this.#takeAnswer(sdp);
    else this.#takeOffer(sdp);
    this.remoteDescription = description;
    if (description.type === 'answer') this.#settle();
    for (const { receiver } of this.#transceivers) this.ontrack?.({ track: receiver.track });
    this.#network.look();
  }

  async addIceCandidate({ usernameFragment }: RTCIceCandidateInit): Promise<void> {
    await this.#step();
    const remote = parse(this.remoteDescription);
    if (!remote) throw new DOMException('No remote description', 'InvalidStateError');
    if (remote.ufrag !== usernameFragment) throw new DOMException('Unknown ufrag', 'OperationError');
    this.#candidates.add(usernameFragment);
    this.#network.look();
  }

  /** Whether it is negotiated with another, and knows how to reach it. */
  matches(other: FakePeerConnection): boolean {
    const remote = parse(this.remoteDescription);
    if (this.signalingState !== 'stable' || !remote) return false;
    return remote.ufrag === other.#ufrag && this.#candidates.has(remote.ufrag);
  }

  connect(path: string): void {
    this.path = path;
    this.#setState('connected');
  }

  cut(): void {
    this.path = undefined;
    // Its candidates lead nowhere any more.
    this.#candidates.clear();
    this.#setState('disconnected');
    this.#network.clock.after(
      10_000,
      () => this.connectionState === 'disconnected' && this.#setState('failed'),
    );
  }

  async getStats(): Promise<RTCStatsReport> {
    const entries = [
      { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
      {
        id: 'P',
        type: 'candidate-pair',
        localCandidateId: 'L',
        remoteCandidateId: 'R',
        currentRoundTripTime: 0.05,
      },
      { id: 'L', type: 'local-candidate', candidateType: this.#network.candidateType },
      { id: 'R', type: 'remote-candidate', candidateType: 'host' },
    ];
    return new Map(entries.map((entry) => [entry.id, entry])) as unknown as RTCStatsReport;
  }

  close(): void {
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  /** Operations take a moment, and one of a connection that is closed meanwhile never ends. */
  async #step(): Promise<void> {
    this.#demandOpen();
    await Promise.resolve();
    if (this.signalingState === 'closed') await new Promise(() => {});
  }

  #demandOpen(): void {
    if (this.signalingState === 'closed') throw new DOMException('It is closed', 'InvalidStateError');
  }

  #takeAnswer({ answers }: Sdp): void {
    if (this.signalingState !== 'have-local-offer')
      throw new DOMException('Wrong state', 'InvalidStateError');
    if (answers !== this.#ufrag) throw new DOMException('An answer to another offer', 'OperationError');
    this.signalingState = 'stable';
  }

  #takeOffer({ ufrag, kinds }: Sdp): void {
    if (this.signalingState === 'have-local-offer') this.#rollBack();
    // The other end restarts: whoever answers does so with new credentials.
    if (this.remoteDescription && parse(this.remoteDescription)?.ufrag !== ufrag)
      this.#ufrag = this.#network.name();
    this.signalingState = 'have-remote-offer';
    const known = this.#transceivers.filter(({ negotiated }) => negotiated === 'done').length;
    for (const kind of kinds.slice(known)) {
      this.#transceivers.push(new FakeTransceiver(kind, null, 'recvonly'));
    }
  }

  #rollBack(): void {
    this.localDescription = this.#before?.local ?? null;
    if (this.#before && this.#before.ufrag !== this.#ufrag) this.#restart = 'asked';
    this.#ufrag = this.#before?.ufrag ?? this.#ufrag;
    this.signalingState = 'stable';
    this.#negotiation = 'needed';
  }

  /** Back in `stable`, it is looked whether something is still to be negotiated. */
  #settle(): void {
    for (const transceiver of this.#transceivers) transceiver.negotiated = 'done';
    if (this.#restart === 'asked') this.#need();
    else this.#negotiation = 'settled';
  }

  #need(): void {
    this.#negotiation = 'needed';
    this.#network.clock.after(0, () => {
      if (this.signalingState === 'stable' && this.#negotiation === 'needed') this.onnegotiationneeded?.();
    });
  }

  /** Finds two candidates. */
  #find(): void {
    if (this.signalingState === 'closed') return;
    if (this.connectionState === 'new') this.#setState('connecting');
    for (const number of [1, 2]) {
      const found = { candidate: `candidate:${number}`, usernameFragment: this.#ufrag };
      this.onicecandidate?.({ candidate: { toJSON: () => found } });
    }
    this.onicecandidate?.({ candidate: null });
  }

  #setState(state: RTCPeerConnectionState): void {
    if (this.signalingState === 'closed' || this.connectionState === state) return;
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}

function parse(description: { readonly sdp: string } | null): Sdp | undefined {
  if (!description?.sdp.startsWith('{')) return undefined;
  return JSON.parse(description.sdp) as Sdp;
}
