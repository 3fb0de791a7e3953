import type { Frame } from '../frames.ts';

/**
 * What two ends of a peer connection tell each other, as the data of a signal. `generation` names one RTCPeerConnection
 * on either side: whatever names another is of one that is no more, or not yet.
 */
export type PeerSignal = { readonly generation: number } & (
  | { readonly description: { readonly type: 'offer' | 'answer'; readonly sdp: string } }
  | { readonly candidates: readonly RTCIceCandidateInit[] }
  /** This end has closed its connection, and makes no other by itself. */
  | { readonly closed: true }
);

/** Reads a signal's data; undefined when it is none of ours. */
export function parsePeerSignal(data: unknown): PeerSignal | undefined {
  if (!isObject(data)) return undefined;
  const { generation, description, candidates, closed } = data;
  // The highest number wins, and there has to be a higher one.
  if (!Number.isSafeInteger(generation) || Number(generation) > Number.MAX_SAFE_INTEGER / 2) return undefined;
  if (Number(generation) < 1) return undefined;
  const of = { generation: Number(generation) };
  if (isDescription(description)) return { ...of, description };
  if (Array.isArray(candidates) && candidates.every(isObject)) return { ...of, candidates };
  return closed === true ? { ...of, closed } : undefined;
}

const isObject = (value: unknown): value is Frame => typeof value === 'object' && value !== null;

function isDescription(value: unknown): value is { type: 'offer' | 'answer'; sdp: string } {
  if (!isObject(value)) return false;
  return (value.type === 'offer' || value.type === 'answer') && typeof value.sdp === 'string';
}
