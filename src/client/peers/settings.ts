import type { Clock } from '../clock.ts';
import type { MeetingClient } from '../MeetingClient.ts';

/** Options with what they leave open decided. */
export type PeersSettings = {
  readonly client: Pick<
    MeetingClient,
    'session' | 'self' | 'state' | 'participants' | 'signal' | 'on' | 'lastWelcome'
  >;
  readonly iceTransportPolicy: RTCIceTransportPolicy;
  readonly iceServers: readonly RTCIceServer[] | undefined;
  readonly videoBitsPerSecond: number;
  readonly peerConnection: typeof RTCPeerConnection;
  readonly mediaStream: new () => MediaStream;
  readonly clock: Clock;
  readonly random: () => number;
};

/** What a call is made with now: the ICE servers are those of the last welcome, unless given. */
export function configurationOf({ iceServers, iceTransportPolicy, client }: PeersSettings): RTCConfiguration {
  const servers = iceServers ?? client.lastWelcome?.iceServers ?? [];
  return {
    iceTransportPolicy,
    bundlePolicy: 'max-bundle',
    iceServers: servers.map((server) => ({ ...server, urls: [...[server.urls].flat()] })),
  };
}
