import { createMeetingClient } from '../../src/client/index.ts';
import { createMeetingPeers } from '../../src/client/peers/index.ts';
import type { CallPeers, Connect } from './ports.ts';

/** Connects by WebSocket and, where the browser has it, by WebRTC. */
export const connect: Connect = (options) => {
  const client = createMeetingClient(options);
  return { client, peers: 'RTCPeerConnection' in globalThis ? createMeetingPeers({ client }) : nobody };
};

/** Without WebRTC one reads and writes, and that is all. */
const nobody: CallPeers = {
  peers: [],
  on: () => () => {},
  setTrack: async () => {},
  stats: async () => [],
  audioLevelOf: () => 0,
  close: () => {},
};
