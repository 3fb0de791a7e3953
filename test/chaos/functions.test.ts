import { expect, it, onTestFinished } from 'vitest';
import { type LambdaBackend, startLambdaBackend } from '../harness/lambdaBackend.ts';
import { type Random, seededRandom, seedOfRun } from '../harness/random.ts';
import { check } from './check.ts';
import type { Size } from './play.ts';
import { figuresOf, run } from './run.ts';

const size: Size = { clients: 24, meetings: 4, durationMs: 20_000, chatEveryMs: 2000, cutEveryMs: 4000 };
const KILLS = 15;

it('[EV2][LG3][LG7][JN4] keeps every promise when functions are killed and the store fails', async () => {
  const seed = seedOfRun();
  console.log(`chaos of the functions: SEED=${seed}`);
  const random = seededRandom(seed);
  const trouble = {
    gateway: { loseDisconnect: 0.3, doubleDisconnect: 0.2, delayDisconnectMs: 1500, delayMessagesMs: 20 },
    store: { delayMs: 5, failing: 0.05 },
  };
  const backend = await startLambdaBackend({}, { trouble });
  onTestFinished(() => backend.stop());

  const outcome = await run(size, {
    ...{ url: backend.webSocketUrl, random, onAck: () => {} },
    trouble: killFunctions(backend, random),
    calm: () => {},
    swept: () => backend.sweep(),
  });
  console.log(figuresOf(outcome, size, KILLS));
  expect(outcome.meetings.flatMap(check).slice(0, 20), `SEED=${seed}`).toEqual([]);
  expect(outcome.players.flatMap(({ client }) => client.refusals)).toEqual([]);
}, 120_000);

/** Kills one process after the other for as long as the clients play. */
async function killFunctions(backend: LambdaBackend, random: Random): Promise<void> {
  for (let kills = 0; kills < KILLS; kills++) {
    await new Promise((resolve) => setTimeout(resolve, size.durationMs / (KILLS + 1)));
    backend.killProcess(random);
  }
}
