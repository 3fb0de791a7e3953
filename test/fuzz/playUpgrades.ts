import { isDeepStrictEqual } from 'node:util';
import { type HttpAnswer, RawClient } from '../harness/RawClient.ts';
import { randomOfCase } from './chance.ts';
import { inParallel, inTime, type Run } from './run.ts';
import type { UpgradeCase, UpgradeScene } from './upgradeCase.ts';
import type { UpgradePlan } from './upgradeCases.ts';

const SOCKETS_AT_ONCE = 12;

/** Sends each request on a socket of its own, most of them as one of the pair: whoever is refused, evicts nobody. */
export async function playUpgrades(run: Run, plans: readonly UpgradePlan[]): Promise<void> {
  await inParallel(plans, SOCKETS_AT_ONCE, (plan) => playUpgrade(run, plan));
}

async function playUpgrade(run: Run, plan: UpgradePlan): Promise<void> {
  const { request, ...expected } = plan.make(randomOfCase(run.seed, plan.number), sceneOf(run, plan));
  const fail = (actual: unknown) => run.failure(plan, { sent: request, expected, actual });
  run.sending(plan);
  const client = await RawClient.connect(run.url);
  if (typeof request === 'string') client.sendBytes(Buffer.from(request));
  else client.sendUpgrade(request);
  const answered = client.answer.catch((error: Error) => Promise.reject(fail(error.message)));
  const answer = await inTime(answered, () => fail('nothing'));
  client.destroy();
  if (!isAsExpected(answer, expected)) throw fail(answer);
  run.pass(plan);
}

function sceneOf({ url, pair }: Run, { number }: UpgradePlan): UpgradeScene {
  const { pathname: path, host } = new URL(url);
  const query = { meetingId: pair.meetingId, userId: pair.people[0]?.userId ?? '', userName: 'Mallory' };
  return { path, host, query, number };
}

function isAsExpected(
  { statusCode, headers, body }: HttpAnswer,
  expected: Omit<UpgradeCase, 'request'>,
): boolean {
  const { code, named = '', version } = expected;
  if (statusCode !== expected.statusCode || headers['sec-websocket-version'] !== version) return false;
  if (code === undefined) return true;
  const refusal = JSON.parse(body) as Record<string, unknown>;
  return (
    isDeepStrictEqual(Object.keys(refusal).sort(), ['code', 'message']) &&
    refusal.code === code &&
    String(refusal.message).includes(named)
  );
}
