import type { Attributes, MeetingParticipant } from '../../src/client/index.ts';
import type { MeetingPeer, PeerStats } from '../../src/client/peers/index.ts';

import { isSpeaking } from './voices.ts';

/** What a person tells the others of themselves, by attributes of their connection. */
export type Shares = {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  readonly hand: boolean;
};

/** A person as the page shows them: one for each tab of theirs. */
export type Person = {
  /** The same as long as they are there, also over their reconnecting. */
  readonly key: string;
  readonly userId: string;
  readonly name: string;
  readonly role: MeetingParticipant['role'];
  readonly joinedAt: string;
  readonly place: 'self' | 'other';
  readonly state: 'here' | 'connecting' | 'reconnecting' | 'unreachable';
  readonly shares: Shares;
  readonly stream: MediaStream | undefined;
  readonly quality: PeerStats['quality'];
  readonly voice: 'speaking' | 'silent';
  /** When they last spoke, in the clock's milliseconds; 0: never. */
  readonly spokeAtMs: number;
};

/** What is known of everyone. Maps are by {@link Person.key}. */
export type Known = {
  readonly self: { readonly userId: string; readonly session: string };
  readonly participants: readonly MeetingParticipant[];
  readonly peers: readonly MeetingPeer[];
  readonly stats: readonly PeerStats[];
  readonly voices: ReadonlyMap<string, number>;
  readonly nowMs: number;
};

type Connection = MeetingParticipant['connections'][number];

/** Reads attributes, which others may set to anything. */
export function sharesOf({ microphone, camera, screen, hand }: Attributes): Shares {
  return {
    microphone: microphone === true,
    camera: camera === true,
    screen: screen === true,
    hand: hand === true,
  };
}

/** What tells one tab of one user from all others. */
export const keyOf = (userId: string, session: string): string => `${userId} ${session}`;

/** Everyone who is there: oneself first, then as they came. */
export function listPeople(known: Known): readonly Person[] {
  const people = known.participants.flatMap((participant) =>
    participant.connections.map((connection) => personOf(known, participant, connection)),
  );
  return people.sort(
    (a, b) => rankOf(a) - rankOf(b) || a.joinedAt.localeCompare(b.joinedAt) || (a.key < b.key ? -1 : 1),
  );
}

function personOf(known: Known, participant: MeetingParticipant, connection: Connection): Person {
  const { userId, userName, role } = participant;
  const session = connection.session ?? connection.connectionId;
  const key = keyOf(userId, session);
  const isThis = (other: { readonly userId: string; readonly session: string }) =>
    other.userId === userId && other.session === session;
  const place = isThis(known.self) ? 'self' : 'other';
  const peer = known.peers.find(isThis);
  const spokeAtMs = known.voices.get(key) ?? 0;
  const shares = sharesOf(connection.attributes);
  const speaks = shares.microphone && isSpeaking(spokeAtMs, known.nowMs);
  return {
    ...{ key, userId, role, place, shares, spokeAtMs },
    name: userName,
    joinedAt: connection.joinedAt,
    state: place === 'self' ? 'here' : stateOf(participant, connection, peer),
    stream: peer?.stream,
    quality: known.stats.find(isThis)?.quality ?? 'unknown',
    voice: speaks ? 'speaking' : 'silent',
  };
}

function stateOf(
  { presence }: MeetingParticipant,
  { session }: Connection,
  peer: MeetingPeer | undefined,
): Person['state'] {
  if (presence === 'reconnecting' || peer?.state === 'reconnecting') return 'reconnecting';
  // Who names no session speaks no WebRTC with us: there is nothing to wait for.
  if (session === undefined || peer?.state === 'connected') return 'here';
  return peer?.state ?? 'connecting';
}

const rankOf = ({ place }: Person) => (place === 'self' ? 0 : 1);
