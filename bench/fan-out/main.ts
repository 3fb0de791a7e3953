// CloudMeetX beside a plain `ws` loop, Socket.IO and Bun, in one run.
//
//   npm run bench                      about ten minutes
//   npm run bench -- --quick           less than a minute: one case, one round
//   npm run bench -- --write           puts table and chart into bench/README.md, bench/fan-out.svg and README.md
//   npm run bench -- --write --from=bench/results/fan-out.json     those of a run that has been
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeFigures } from '../marks.ts';
import { chartOf } from './chart.ts';
import { contestants } from './contestants.ts';
import { buildGenerator } from './generator/startGenerator.ts';
import { measureAll } from './measure.ts';
import { fullPlan, quickPlan } from './plan.ts';
import { type Run, reportOf, summaryOf } from './report.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    from: { type: 'string' },
  },
});

const run =
  values.from === undefined ? await measured() : (JSON.parse(readFileSync(values.from, 'utf8')) as Run);
console.log(reportOf(run));
if (values.write) {
  writeFileSync('bench/fan-out.svg', chartOf(run));
  writeFigures('bench', `![Deliveries a second at saturation](fan-out.svg)\n\n${reportOf(run)}`);
  writeFigures('bench', summaryOf(run), 'README.md');
}

async function measured(): Promise<Run> {
  mkdirSync('bench/results', { recursive: true });
  const generator = await buildGenerator('bench/results/generator.mjs');
  const plan = values.quick ? quickPlan : fullPlan;
  const all = contestants();
  console.error(`${all.map(({ name }) => name).join(', ')}: ${plan.cases.length} cases`);
  const one = await measureAll(plan, generator, all);
  const name = values.quick ? 'fan-out-quick' : 'fan-out';
  writeFileSync(`bench/results/${name}.json`, JSON.stringify(one));
  writeFileSync(`bench/results/${name}.svg`, chartOf(one));
  return one;
}
