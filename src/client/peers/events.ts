import type { MeetingError } from '../MeetingError.ts';
import type { PeerState } from './Peer.ts';

/** The other end of one session. A picture of a moment; `stream` is the same object as long as the peer is there. */
export type MeetingPeer = {
  readonly userId: string;
  readonly session: string;
  readonly state: PeerState;
  /** What is received: an audio and a video track, as they come. */
  readonly stream: MediaStream;
};

/** What the mesh tells of. `error`: of one peer; it goes on trying. */
export type PeerEvents = {
  peerAdded: MeetingPeer;
  peerUpdated: MeetingPeer;
  peerRemoved: MeetingPeer;
  error: MeetingError;
};
