import type { MeetingClient, MeetingClientOptions } from '../../src/client/index.ts';
import type { MeetingPeers } from '../../src/client/peers/index.ts';

/** As much of the client as a call uses. */
export type CallClient = Pick<
  MeetingClient,
  | 'session'
  | 'meetingId'
  | 'state'
  | 'self'
  | 'participants'
  | 'on'
  | 'sendChat'
  | 'update'
  | 'history'
  | 'remove'
  | 'lock'
  | 'unlock'
  | 'leave'
  | 'close'
>;

/** As much of the mesh as a call uses. */
export type CallPeers = Pick<MeetingPeers, 'peers' | 'on' | 'setTrack' | 'stats' | 'audioLevelOf' | 'close'>;

/** Connects to a meeting, and to everyone in it. */
export type Connect = (options: MeetingClientOptions) => {
  readonly client: CallClient;
  readonly peers: CallPeers;
};
