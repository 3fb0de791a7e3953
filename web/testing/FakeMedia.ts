/** A track as far as the page uses one. */
export class FakeTrack extends EventTarget {
  readonly kind: string;
  readonly #deviceId: string;
  enabled = true;
  contentHint = '';
  readyState: 'live' | 'ended' = 'live';

  constructor(kind: string, deviceId: string) {
    super();
    this.kind = kind;
    this.#deviceId = deviceId;
  }

  getSettings(): MediaTrackSettings {
    return { deviceId: this.#deviceId };
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** The device goes away, or the browser's own button ends it. */
  end(): void {
    this.stop();
    this.dispatchEvent(new Event('ended'));
  }
}

type Answer = 'yes' | 'NotAllowedError' | 'NotFoundError' | 'NotReadableError';

/** The browser's devices: what it answers for each kind, and which tracks it gave. */
export class FakeMedia extends EventTarget {
  readonly tracks: FakeTrack[] = [];
  readonly asked: MediaStreamConstraints[] = [];
  answers: { audio: Answer; video: Answer; screen: Answer } = { audio: 'yes', video: 'yes', screen: 'yes' };

  async getUserMedia(constraints: MediaStreamConstraints = {}): Promise<MediaStream> {
    this.asked.push(constraints);
    return this.#streamOf((['audio', 'video'] as const).filter((kind) => constraints[kind]));
  }

  async getDisplayMedia(): Promise<MediaStream> {
    return this.#streamOf(['screen']);
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    const device = (kind: MediaDeviceKind, deviceId: string) => ({
      kind,
      deviceId,
      label: deviceId,
      groupId: '',
    });
    const known = [device('audioinput', 'm1'), device('audioinput', 'm2'), device('videoinput', 'c1')];
    return known.map((info) => ({ ...info, toJSON: () => info }));
  }

  /** The tracks of a kind that still record. */
  live(kind: string): FakeTrack[] {
    return this.tracks.filter((track) => track.kind === kind && track.readyState === 'live');
  }

  #streamOf(kinds: readonly ('audio' | 'video' | 'screen')[]): MediaStream {
    for (const kind of kinds) {
      const answer = this.answers[kind];
      if (answer !== 'yes') throw Object.assign(new Error('No.'), { name: answer });
    }
    const given = kinds.map((kind) => new FakeTrack(kind, kind === 'audio' ? 'm1' : 'c1'));
    this.tracks.push(...given);
    const ofKind = (kind: string) => given.filter((track) => track.kind === kind);
    const stream = {
      getTracks: () => given,
      getAudioTracks: () => ofKind('audio'),
      getVideoTracks: () => [...ofKind('video'), ...ofKind('screen')],
    };
    return stream as unknown as MediaStream;
  }
}
