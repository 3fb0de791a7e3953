import { createMeetingClient, type MeetingClient } from '../../src/client/index.ts';
import { createMeetingPeers, type MeetingPeers } from '../../src/client/peers/index.ts';

/** Where and how a page of {@link openMesh} joins. */
export type MeshOptions = {
  /** `ws://HOST:PORT/STAGE`. */
  readonly url: string;
  readonly meetingId: string;
  readonly userId: string;
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  readonly iceServers?: readonly RTCIceServer[];
};

/** What a page of {@link openMesh} has, for tests to use by `page.evaluate`. */
type Mesh = {
  /** Joins, with its camera and microphone on. */
  join(options: MeshOptions): Promise<void>;
  readonly client: MeetingClient;
  readonly peers: MeetingPeers;
};

declare global {
  interface Window {
    mesh: Mesh;
  }
}

// Runs in the page: esbuild bundles it with the client.
let joined: { client: MeetingClient; peers: MeetingPeers } | undefined;
const ofJoined = () => {
  if (!joined) throw new Error('this page has not joined');
  return joined;
};

/** Chromium measures how loud somebody is only while it plays them. */
function listenTo(stream: MediaStream): void {
  const audio = new Audio();
  audio.autoplay = true;
  audio.srcObject = stream;
}

window.mesh = {
  async join({ iceTransportPolicy, iceServers, ...where }) {
    const client = createMeetingClient({ ...where, attributes: { camera: true, microphone: true } });
    const peers = createMeetingPeers({
      client,
      ...(iceTransportPolicy && { iceTransportPolicy }),
      ...(iceServers && { iceServers }),
    });
    joined = { client, peers };
    peers.on('peerAdded', ({ stream }) => listenTo(stream));
    const media = await navigator.mediaDevices.getUserMedia({
      video: { width: 160, height: 120, frameRate: 10 },
      audio: true,
    });
    await peers.setTrack('video', media.getVideoTracks()[0] ?? null);
    await peers.setTrack('audio', media.getAudioTracks()[0] ?? null);
  },
  get client() {
    return ofJoined().client;
  },
  get peers() {
    return ofJoined().peers;
  },
};
