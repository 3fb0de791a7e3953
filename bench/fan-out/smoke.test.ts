import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartOf } from './chart.ts';
import { cloudMeetX, plainLoop } from './contestants.ts';
import { buildGenerator } from './generator/startGenerator.ts';
import { measureAll } from './measure.ts';
import { quickPlan } from './plan.ts';
import { type Run, reportOf } from './report.ts';

// Whether measuring works, not how fast anything is: figures depend on what else the machine does.
describe('a quick run of CloudMeetX and the plain loop', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-bench-'));
  const plan = {
    ...quickPlan,
    warmUpMs: 100,
    measureMs: 200,
    settlingMs: 50,
    idleConnections: 100,
    heldConnections: 200,
  };
  let run: Run;

  beforeAll(async () => {
    const generator = await buildGenerator(join(folder, 'generator.mjs'));
    run = await measureAll(plan, generator, [cloudMeetX, plainLoop]);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  it('has each of them in each case, and CloudMeetX twice', () => {
    const rows = run.samples.map(({ case: one, entrant }) => `${entrant.name}, ${one.inFlight}`);
    expect(rows).toEqual([
      ...['CloudMeetX, logged, 16', 'CloudMeetX, 16', 'plain ws loop, 16'],
      ...['CloudMeetX, logged, 1', 'CloudMeetX, 1', 'plain ws loop, 1'],
    ]);
  });

  it('loses nothing and is refused nothing, and every message to CloudMeetX is acked', () => {
    for (const { entrant, results } of run.samples) {
      for (const result of results) {
        expect(result, entrant.name).toMatchObject({ missing: 0, refusals: 0, closedEarly: 0 });
        expect(result.delivered, entrant.name).toBeGreaterThan(0);
        expect(result.latenciesMs?.p50, entrant.name).toBeGreaterThan(0);
        expect(result.acks, entrant.name).toBe(entrant.contestant === 'CloudMeetX' ? result.sent : 0);
      }
    }
  });

  it('knows when each of them listened, and what the generator takes', () => {
    expect(run.resting.map(({ name, startsMs }) => [name, startsMs.length])).toEqual([
      ...[
        ['CloudMeetX', 1],
        ['plain ws loop', 1],
      ],
    ]);
    expect(run.ceilings.map(({ result }) => result.delivered > 0)).toEqual([true, true]);
  });

  it('holds as many connections at once as it is to', () => {
    expect(run.held).toMatchObject({ connections: plan.heldConnections });
  });

  it('becomes tables and a chart', () => {
    expect(reportOf(run)).toMatch(/^One process of CloudMeetX held 200 connections/m);
    expect(reportOf(run)).toMatch(/^\| {2}\| CloudMeetX, logged \| CloudMeetX \| plain ws loop \|$/m);
    expect(reportOf(run)).toMatch(/^\| 1 × 100 \| [^|]+\(\d+\.\d×\) \| [^|]+ \| [^|]+\(1\.0×\) \|$/m);
    expect(chartOf(run)).toContain('>1 × 100</text>');
  });
});
