import type { MeetingPeer } from './events.ts';

/** How one peer's media fares. */
export type PeerStats = {
  readonly userId: string;
  readonly session: string;
  /** There and back. */
  readonly roundTripMs: number | undefined;
  /** Of what the other sent since the last reading, the part that was lost: 0 to 1. */
  readonly lossRatio: number;
  /** How loud the other is: 0 to 1. */
  readonly audioLevel: number;
  readonly framesDecoded: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** `relayed`: over a TURN server, of either end. */
  readonly route: 'direct' | 'relayed' | 'unknown';
  readonly quality: 'good' | 'fair' | 'poor' | 'unknown';
};

/** The fields of https://www.w3.org/TR/webrtc-stats/ that are read here. */
type Entry = { readonly id: string; readonly type: string } & Partial<
  Record<
    | 'bytesReceived'
    | 'bytesSent'
    | 'framesDecoded'
    | 'packetsLost'
    | 'packetsReceived'
    | 'audioLevel'
    | 'currentRoundTripTime',
    number
  > &
    Record<
      'kind' | 'selectedCandidatePairId' | 'localCandidateId' | 'remoteCandidateId' | 'candidateType',
      string
    >
>;

/** Makes figures of one peer's reports, each compared with the one before. */
export class StatsReader {
  #lost = 0;
  #received = 0;

  /** Reads a report; without one, there is no call. */
  read({ userId, session }: Pick<MeetingPeer, 'userId' | 'session'>, report?: RTCStatsReport): PeerStats {
    const entries = entriesOf(report);
    const inbound = entries.filter(({ type }) => type === 'inbound-rtp');
    const audio = inbound.find(({ kind }) => kind === 'audio');
    const pair = selectedPair(entries);
    const lossRatio = this.#lossRatio(sum(inbound, 'packetsLost'), sum(inbound, 'packetsReceived'));
    const roundTripMs =
      pair?.currentRoundTripTime === undefined ? undefined : pair.currentRoundTripTime * 1000;
    return {
      ...{ userId, session, roundTripMs, lossRatio },
      audioLevel: audio?.audioLevel ?? 0,
      framesDecoded: sum(inbound, 'framesDecoded'),
      bytesReceived: sum(inbound, 'bytesReceived'),
      bytesSent: sum(
        entries.filter(({ type }) => type === 'outbound-rtp'),
        'bytesSent',
      ),
      route: pair ? (isRelayed(pair, entries) ? 'relayed' : 'direct') : 'unknown',
      quality: pair ? qualityOf(roundTripMs ?? 0, lossRatio) : 'unknown',
    };
  }

  #lossRatio(lost: number, received: number): number {
    // Another call counts from 0. What came late after all is taken back from what was lost.
    const isSame = received >= this.#received;
    const newlyLost = Math.max(0, lost - (isSame ? this.#lost : 0));
    const newlyReceived = received - (isSame ? this.#received : 0);
    this.#lost = lost;
    this.#received = received;
    return newlyLost === 0 ? 0 : newlyLost / (newlyLost + newlyReceived);
  }
}

/** Whether what this end sends goes over a TURN server of its own. */
export function usesRelay(report: RTCStatsReport): boolean {
  const entries = entriesOf(report);
  const pair = selectedPair(entries);
  return entries.some(({ id, candidateType }) => id === pair?.localCandidateId && candidateType === 'relay');
}

function entriesOf(report: RTCStatsReport | undefined): readonly Entry[] {
  const entries: Entry[] = [];
  report?.forEach((entry: Entry) => {
    entries.push(entry);
  });
  return entries;
}

function selectedPair(entries: readonly Entry[]): Entry | undefined {
  const transport = entries.find(({ selectedCandidatePairId }) => selectedCandidatePairId !== undefined);
  return entries.find(({ id }) => id === transport?.selectedCandidatePairId);
}

function isRelayed({ localCandidateId, remoteCandidateId }: Entry, entries: readonly Entry[]): boolean {
  return entries.some(
    ({ id, candidateType }) =>
      (id === localCandidateId || id === remoteCandidateId) && candidateType === 'relay',
  );
}

function sum(
  entries: readonly Entry[],
  name: 'packetsLost' | 'packetsReceived' | 'framesDecoded' | 'bytesReceived' | 'bytesSent',
): number {
  return entries.reduce((total, entry) => total + (entry[name] ?? 0), 0);
}

/** By what people notice: speech suffers from some 5 % loss, and talk from some 400 ms there and back (ITU-T G.114). */
function qualityOf(roundTripMs: number, lossRatio: number): 'good' | 'fair' | 'poor' {
  if (lossRatio > 0.08 || roundTripMs > 600) return 'poor';
  return lossRatio > 0.02 || roundTripMs > 300 ? 'fair' : 'good';
}
