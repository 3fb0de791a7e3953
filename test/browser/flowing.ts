import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type CallFigures, readCalls } from './watchPeerConnections.ts';

/** Long, since nothing depends on it: a machine may be busy with all that it decodes. */
const PATIENCE = { timeout: 90_000, interval: 250 };

/** Waits until each page has one connected peer connection for every other, and receives more over each than it has so far. */
export async function expectFlowing(pages: readonly Page[], media: readonly Medium[] = all): Promise<void> {
  const before = await Promise.all(pages.map(async (page) => figuresById(await readCalls(page))));
  for (const [index, page] of pages.entries()) {
    const read = async () => {
      const calls = await readCalls(page);
      return calls.map((call) => stateOf(call, before[index]?.get(call.id), media));
    };
    const flowing = Array.from({ length: pages.length - 1 }, () => 'flowing');
    await expect.poll(read, PATIENCE).toEqual(flowing);
  }
}

/** Waits until a page has so many peer connections. */
export async function expectCalls(page: Page, count: number): Promise<void> {
  await expect.poll(async () => (await readCalls(page)).length, PATIENCE).toBe(count);
}

/** Pictures, packets of sound, and whether there is anything to hear in them. */
type Medium = 'video' | 'audio' | 'sound';

const all: readonly Medium[] = ['video', 'audio', 'sound'];
/** By how much more counts: several pictures, lest a last one is taken for a stream of them. */
const enough: Readonly<Record<Medium, number>> = { video: 5, audio: 500, sound: 0.001 };

function stateOf(now: CallFigures, before: CallFigures | undefined, media: readonly Medium[]): string {
  if (now.state !== 'connected') return now.state;
  const missing = media.filter((medium) => amountOf(now, medium) < amountOf(before, medium) + enough[medium]);
  return missing.length === 0 ? 'flowing' : `no ${missing.join(', ')}`;
}

function amountOf(figures: CallFigures | undefined, medium: Medium): number {
  if (!figures) return 0;
  const { framesDecoded, audioBytesReceived, audioEnergy } = figures;
  return { video: framesDecoded, audio: audioBytesReceived, sound: audioEnergy }[medium];
}

const figuresById = (calls: readonly CallFigures[]): ReadonlyMap<number, CallFigures> =>
  new Map(calls.map((call) => [call.id, call]));
