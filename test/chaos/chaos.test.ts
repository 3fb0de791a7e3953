import { expect, it, onTestFinished } from 'vitest';
import { type Random, seededRandom, seedOfRun } from '../harness/random.ts';
import { ChaosServer } from './ChaosServer.ts';
import { check } from './check.ts';
import type { Size } from './play.ts';
import { figuresOf, run } from './run.ts';

const FULL: Size = { clients: 200, meetings: 20, durationMs: 60_000, chatEveryMs: 1500, cutEveryMs: 5000 };
const SHORT: Size = { clients: 40, meetings: 4, durationMs: 5000, chatEveryMs: 600, cutEveryMs: 2000 };
const size = process.env.CHAOS === 'full' ? FULL : SHORT;

it('[EV2][LG3][JN4][LG8] keeps every promise through cuts, kills, lost events and a failing store', async () => {
  const seed = seedOfRun();
  console.log(`chaos: SEED=${seed}`);
  const random = seededRandom(seed);
  const server = await ChaosServer.start(seed);
  onTestFinished(() => server.stop());
  const executioner = new Executioner(server, random);

  const outcome = await run(size, {
    ...{ url: server.url, random, onAck: () => executioner.onAck() },
    trouble: executioner.killAt([0.3, 0.5, 0.7].map((part) => part * size.durationMs)),
    calm: () => server.calm(),
    swept: () => server.swept(),
  });
  console.log(figuresOf(outcome, size, server.deaths));
  expect(outcome.meetings.flatMap(check).slice(0, 20), `SEED=${seed}`).toEqual([]);
  expect(outcome.players.flatMap(({ client }) => client.refusals)).toEqual([]);
  expect(server.deaths).toBe(3);
  expect(server.complaints).toEqual([]);
}, 180_000);

/** Kills the server in the tick of an ack: before it, right after it, and when a client has it. */
class Executioner {
  readonly #server: ChaosServer;
  readonly #random: Random;
  #onAck: (() => void) | undefined;

  constructor(server: ChaosServer, random: Random) {
    this.#server = server;
    this.#random = random;
  }

  /** To be called when a client receives an ack. */
  onAck(): void {
    this.#onAck?.();
    this.#onAck = undefined;
  }

  /** One of the three at each of these times; resolves when the server has come back from the last. */
  async killAt(timesMs: readonly number[]): Promise<void> {
    const startedAtMs = performance.now();
    const kinds = ['before an ack', 'after an ack', 'when a client has it'] as const;
    const first = this.#random.below(kinds.length);
    for (const [index, atMs] of timesMs.entries()) {
      const untilMs = atMs - (performance.now() - startedAtMs);
      await new Promise((resolve) => setTimeout(resolve, untilMs));
      const kind = kinds[(first + index) % kinds.length];
      if (kind === 'before an ack' || kind === 'after an ack') await this.#server.die(kind);
      else await this.#killOnAck();
    }
  }

  #killOnAck(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onAck = () => this.#server.kill().then(resolve, reject);
    });
  }
}
