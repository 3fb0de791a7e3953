import type { Page } from 'playwright-core';

/** What one peer connection of a page has done so far. */
export type CallFigures = {
  /** Tells the peer connections of a page apart; one that is made anew has another. */
  readonly id: number;
  readonly state: RTCPeerConnectionState;
  readonly framesDecoded: number;
  readonly audioBytesReceived: number;
  /** Grows while something is heard: https://www.w3.org/TR/webrtc-stats/#dom-rtcinboundrtpstreamstats-totalaudioenergy */
  readonly audioEnergy: number;
  /** Of the way that media takes: `host`, `srflx`, `prflx`, `relay`; undefined as long as there is none. */
  readonly localCandidate: string | undefined;
  readonly gathering: RTCIceGatheringState;
  /** The types of candidates that were found, each once. */
  readonly candidates: readonly string[];
  /** What STUN and TURN servers refused with: 401 for wrong credentials. */
  readonly errorCodes: readonly number[];
};

declare global {
  interface Window {
    callFigures(): Promise<readonly CallFigures[]>;
  }
}

/**
 * To be called before a page is opened: whatever peer connections its scripts make, in whichever way, can then be looked
 * into by {@link readCalls}.
 */
export async function watchPeerConnections(page: Page): Promise<void> {
  await page.addInitScript(watch);
}

/** The figures of all peer connections of a page that are not closed, in the order in which they were made. */
export function readCalls(page: Page): Promise<readonly CallFigures[]> {
  return page.evaluate(() => window.callFigures());
}

/** Runs in the page: nothing from outside is there. */
function watch(): void {
  type Watched = {
    id: number;
    connection: RTCPeerConnection;
    candidates: Set<string>;
    errorCodes: Set<number>;
  };
  const all: Watched[] = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      const watched: Watched = {
        id: all.length,
        connection: this,
        candidates: new Set(),
        errorCodes: new Set(),
      };
      this.addEventListener('icecandidate', ({ candidate }) => {
        if (candidate?.type) watched.candidates.add(candidate.type);
      });
      this.addEventListener('icecandidateerror', ({ errorCode }) => watched.errorCodes.add(errorCode));
      all.push(watched);
    }
  };
  window.callFigures = () =>
    Promise.all(
      all
        .filter(({ connection }) => connection.connectionState !== 'closed')
        .map(async ({ id, connection, candidates, errorCodes }) => {
          const report = await connection.getStats();
          const entries: Record<string, unknown>[] = [];
          report.forEach((entry) => {
            entries.push(entry);
          });
          const sum = (kind: string, field: string) =>
            entries
              .filter((entry) => entry.type === 'inbound-rtp' && entry.kind === kind)
              .reduce((total, entry) => total + Number(entry[field] ?? 0), 0);
          const transport = entries.find((entry) => entry.selectedCandidatePairId !== undefined);
          const pair = report.get(String(transport?.selectedCandidatePairId));
          return {
            id,
            state: connection.connectionState,
            framesDecoded: sum('video', 'framesDecoded'),
            audioBytesReceived: sum('audio', 'bytesReceived'),
            audioEnergy: sum('audio', 'totalAudioEnergy'),
            localCandidate: report.get(String(pair?.localCandidateId))?.candidateType,
            gathering: connection.iceGatheringState,
            candidates: [...candidates],
            errorCodes: [...errorCodes],
          };
        }),
    );
}
