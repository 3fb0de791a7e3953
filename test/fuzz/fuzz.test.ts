import { expect, it } from 'vitest';
import { seededRandom, seedOfRun } from '../harness/random.ts';
import { type ServerProcess, startProcess } from '../harness/startProcess.ts';
import { planFrameCases } from './frameCases.ts';
import { Judge } from './judge.ts';
import { Lane } from './Lane.ts';
import { ChattingPair } from './pair.ts';
import { playFrames } from './playFrames.ts';
import { playUpgrades } from './playUpgrades.ts';
import { inTime, Run, shown } from './run.ts';
import { planTextCases, type TextPlan } from './textCases.ts';
import { planUpgradeCases } from './upgradeCases.ts';

const LANES = 10;

it('[RQ7] answers 20,000 malformed frames and upgrades as specified, while a pair chats undisturbed', async () => {
  const seed = seedOfRun();
  console.log(`fuzz: SEED=${seed}`);
  const server = await startProcess({ LOG_LEVEL: 'warn', RATE_LIMIT_MESSAGES_PER_SECOND: '0' });
  expect(server.url, server.stderr()).not.toBe('');
  const pair = await ChattingPair.connect(server.url, seed);
  const run = new Run({ url: server.url, seed, pair });

  const playing = playAll(run).finally(() => pair.stop());
  const [exchanged] = await Promise.all([pair.chat(), playing]).catch((error: Error) =>
    explain(error, run, server),
  );
  console.log(`fuzz: ${run.passed} cases, while the pair exchanged ${exchanged} messages`);

  expect(run.passed).toBe(20_000);
  expect(exchanged).toBeGreaterThanOrEqual(200);
  expect(server.isRunning()).toBe(true);
  expect(await healthOf(server)).toBe('{"status":"ok"}');
  expect(await server.stop()).toBe(0);
  expect(server.stderr()).toBe('');
}, 120_000);

async function playAll(run: Run): Promise<void> {
  const random = seededRandom(run.seed);
  const texts = planTextCases(random);
  const frames = planFrameCases(random, texts.length);
  const upgrades = planUpgradeCases(random, texts.length + frames.length);
  await Promise.all([playTexts(run, texts), playFrames(run, frames), playUpgrades(run, upgrades)]);
}

async function playTexts(run: Run, plans: readonly TextPlan[]): Promise<void> {
  const judge = new Judge();
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, lane) => Lane.open(run, judge, lane)));
  await Promise.all(
    lanes.map((lane, index) => lane.play(plans.filter(({ number }) => number % LANES === index))),
  );
}

const healthOf = async ({ url }: ServerProcess): Promise<string> => {
  const health = new URL('/healthz', url.replace('ws', 'http'));
  return (await fetch(health, { signal: AbortSignal.timeout(10_000) })).text();
};

/** Adds to a failure what became of the server, and how to see it again. */
async function explain(error: Error, run: Run, server: ServerProcess): Promise<never> {
  const ended = () => inTime(server.ended, () => new Error('hangs')).then(shown, String);
  const health = await healthOf(server).catch(ended);
  throw new Error(
    `${error.message}\n  in flight ${run.inFlight}\n  server    ${health} ${server.stderr().slice(0, 2000)}\n` +
      `SEED=${run.seed} npx vitest run test/fuzz repeats it.`,
  );
}
