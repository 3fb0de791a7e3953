// Meetings for a long time: people speak, listen, lose their connections and come back, and nobody may miss anything.
//
//   npm run bench:soak                  ten minutes, after one in which all come
//   npm run bench:soak -- --minutes=1
//   npm run bench:soak -- --write       also puts the figures into bench/README.md
//   SEED=20261128 npm run bench:soak    the same speakers and losses
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { seedOfRun } from '../../test/harness/random.ts';
import { cloudMeetX } from '../fan-out/contestants.ts';
import { machine } from '../lambda/machine.ts';
import { writeFigures } from '../marks.ts';
import { reportOf, type SoakRun } from './report.ts';
import { type SoakPlan, soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
    from: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes >= 1)) throw new Error('--minutes is 1 or more');

const plan: SoakPlan = {
  ...{ meetings: 500, people: 10, messagesPerSecond: 2000, dataBytes: 100 },
  ...{ cutsPerMinute: 50, joinsPerSecond: 150, seconds: minutes * 60, intervalSeconds: 60 },
  seed: seedOfRun(),
};

const run =
  values.from === undefined ? await measured() : (JSON.parse(readFileSync(values.from, 'utf8')) as SoakRun);
console.log(reportOf(run));
if (values.write) writeFigures('soak', reportOf(run));
process.exit(run.result.wrong > 0 || run.result.refusals > 0 ? 1 : 0);

async function measured(): Promise<SoakRun> {
  console.error(`SEED=${plan.seed}`);
  const server = await cloudMeetX.start();
  try {
    const before = process.cpuUsage();
    const result = await soak(server, plan);
    const { user, system } = process.cpuUsage(before);
    const generatorMs = (user + system) / 1000;
    const one = { measuredAt: new Date().toISOString(), machine: machine(), plan, result, generatorMs };
    mkdirSync('bench/results', { recursive: true });
    writeFileSync('bench/results/soak.json', JSON.stringify(one));
    return one;
  } finally {
    await server.stop();
  }
}
