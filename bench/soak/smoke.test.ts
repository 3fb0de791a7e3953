import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedOfRun } from '../../test/harness/random.ts';
import { cloudMeetX, type RunningContestant } from '../fan-out/contestants.ts';
import { reportOf } from './report.ts';
import { type SoakPlan, soak } from './soak.ts';
import { Tally } from './Tally.ts';

// `npm run bench:soak` for a few seconds, with many more losses. What it measures depends on what else the machine does;
// that nobody misses anything doesn't.
describe('a short soak', () => {
  let server: RunningContestant;

  beforeAll(async () => {
    server = await cloudMeetX.start();
  }, 60_000);
  afterAll(() => server.stop());

  it('[LG3][JN4] shows everybody every line once, over all losses', async () => {
    const plan: SoakPlan = {
      ...{ meetings: 20, people: 5, messagesPerSecond: 200, dataBytes: 100, seed: seedOfRun() },
      ...{ cutsPerMinute: 400, joinsPerSecond: 100, seconds: 8, intervalSeconds: 4 },
    };
    console.log(`soak: SEED=${plan.seed}`);
    const result = await soak(server, plan);
    expect(result.cuts, `SEED=${plan.seed}`).toBeGreaterThan(40);
    expect(result.cameBack).toBeGreaterThanOrEqual(result.cuts);
    expect(result.acked).toBe(result.sent);
    expect(result).toMatchObject({ wrong: 0, refusals: 0, shown: result.expected });
    expect(result.expected).toBe(5 * result.sent);
    const machine = { node: 'v1', platform: 'p', processors: 2, model: 'm' };
    const report = reportOf({ measuredAt: '2026-11-28', machine, plan, result, generatorMs: 1 });
    expect(report).toContain('| 0:08 |');
  }, 120_000);
});

describe('a tally', () => {
  const tallyOf = (lines: readonly (readonly [number, number])[]) => {
    const tally = new Tally();
    for (const [from, number] of lines) tally.add(from, number);
    return tally;
  };

  it('is that of the same lines, in whichever order', () => {
    const lines = [
      [1, 1],
      [1, 2],
      [2, 1],
    ] as const;
    expect(tallyOf(lines).equals(tallyOf(lines.toReversed()))).toBe(true);
  });

  it.each([
    ['one lost', [[1, 1]]],
    [
      'one twice',
      [
        [1, 1],
        [1, 2],
        [1, 2],
      ],
    ],
    [
      'one in place of another',
      [
        [1, 1],
        [2, 1],
      ],
    ],
  ] as const)('tells of %s', (_name, lines) => {
    const all = tallyOf([
      [1, 1],
      [1, 2],
    ]);
    expect(tallyOf(lines).equals(all)).toBe(false);
  });
});
