import { type Clock, systemClock } from '../clock.ts';
import type { MeetingClient } from '../MeetingClient.ts';
import { MeetingPeers } from './MeetingPeers.ts';

export type { MeetingPeer, PeerEvents } from './events.ts';
export type { MeetingPeers } from './MeetingPeers.ts';
export type { PeerState } from './Peer.ts';
export type { MediaKind } from './PeerCall.ts';
export type { PeerStats } from './stats.ts';

/** Over which client, and by which means. */
export type MeetingPeersOptions = {
  /** Its signals are shared: what is no signal of the mesh's is left to others. */
  readonly client: MeetingClient;
  /** `relay` sends everything over TURN. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  /** In place of what `welcome.iceServers` says. */
  readonly iceServers?: readonly RTCIceServer[];
  /** For the video that is sent to all others together; 4,000,000 unless given. */
  readonly videoBitsPerSecond?: number;
  readonly peerConnection?: typeof RTCPeerConnection;
  /** 0 ≤ number < 1. `Math.random` unless given. */
  readonly random?: () => number;
  readonly clock?: Clock;
};

/**
 * Connects a client's meeting by WebRTC: with each other session in it, over one peer connection. Closes itself with the
 * client. Throws a `TypeError` where there is no WebRTC.
 */
export function createMeetingPeers(options: MeetingPeersOptions): MeetingPeers {
  const { peerConnection = globalThis.RTCPeerConnection } = options;
  if (!peerConnection) throw new TypeError('There is no WebRTC here.');
  return new MeetingPeers({
    client: options.client,
    iceTransportPolicy: options.iceTransportPolicy ?? 'all',
    iceServers: options.iceServers,
    videoBitsPerSecond: options.videoBitsPerSecond ?? 4_000_000,
    peerConnection,
    mediaStream: MediaStream,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  });
}
