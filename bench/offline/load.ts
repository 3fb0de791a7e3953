import { spreadOf } from '../statistics.ts';
import { Client } from './Client.ts';
import type { Running } from './contestants.ts';

/** How many get a broadcast, the sender among them. */
export const RECIPIENTS = 10;

/** What is loaded: echoes, or broadcasts, of which each is a round trip when the last recipient has it. */
export type Load = { readonly route: 'echo' | 'broadcast'; readonly inFlight: number };
export type Rate = { readonly perSecond: number; readonly p50Ms: number };

/** All that are measured. */
export const loads: readonly Load[] = [
  { route: 'echo', inFlight: 1 },
  { route: 'echo', inFlight: 16 },
  { route: 'broadcast', inFlight: 1 },
  { route: 'broadcast', inFlight: 16 },
];

/** Round trips of one connection, from new connections, after warming up for as long. */
export async function measure(
  { url }: Running,
  { route, inFlight, measureMs }: Load & { readonly measureMs: number },
): Promise<Rate> {
  const count = route === 'echo' ? 1 : RECIPIENTS;
  const clients = await Promise.all(Array.from({ length: count }, () => Client.connect(url)));
  const [sender] = clients;
  if (!sender) throw new Error('nobody sends');
  const to = clients.map(({ connectionId }) => connectionId);
  const trips = new Map<number, { missing: number; done(): void }>();
  const failed = new Promise<never>((_, reject) => {
    for (const { webSocket } of clients)
      webSocket.on('message', (data) => {
        const trip = trips.get(JSON.parse(String(data)).number);
        // A handler's failure, after which nobody would be done.
        if (!trip) return reject(new Error(`an unexpected message: ${data}`));
        trip.missing--;
        if (trip.missing === 0) trip.done();
      });
  });

  const startMs = performance.now() + measureMs;
  const endMs = startMs + measureMs;
  const tookMs: number[] = [];
  let number = 0;
  const trip = (): Promise<void> =>
    new Promise((resolve) => {
      const own = number++;
      const sentAtMs = performance.now();
      const done = () => {
        trips.delete(own);
        const nowMs = performance.now();
        if (nowMs >= startMs && nowMs < endMs) tookMs.push(nowMs - sentAtMs);
        resolve();
      };
      trips.set(own, { missing: count, done });
      sender.webSocket.send(JSON.stringify({ action: route, number: own, ...(count > 1 && { to }) }));
    });
  const repeat = async () => {
    while (performance.now() < endMs) await trip();
  };
  await Promise.race([Promise.all(Array.from({ length: inFlight }, repeat)), failed]);
  await Promise.all(clients.map((client) => client.close()));
  return { perSecond: tookMs.length / (measureMs / 1000), p50Ms: spreadOf(tookMs).p50 };
}
