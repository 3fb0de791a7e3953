// `src/gateway` beside serverless-offline, with the same handlers: starts, round trips, and what each does as API
// Gateway does it.
//
//   npm run bench:offline -- --install            about three minutes
//   npm run bench:offline -- --from=FOLDER        with an installation that is there
//   npm run bench:offline -- --install --write    also puts the figures into bench/README.md
//   npm run bench:offline -- --quick              of little use but to see that it runs
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { noteMachine } from '../markdown.ts';
import { writeFigures } from '../marks.ts';
import { behaviours } from './behaviours.ts';
import { type Contestant, gateway, type Running, serverlessOffline } from './contestants.ts';
import { loads, measure, type Rate } from './load.ts';
import { behavioursTable, type Found, ratesTable } from './report.ts';

const { values } = parseArgs({
  options: {
    install: { type: 'boolean', default: false },
    from: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
/** osls is the open fork of Serverless Framework 3: version 4 of that fetches its program from its vendor. */
const PACKAGES = ['serverless-offline@14.8.2', 'osls@4.3.1'];
const { rounds, measureMs } = values.quick ? { rounds: 1, measureMs: 300 } : { rounds: 3, measureMs: 1500 };

const work = mkdtempSync(join(tmpdir(), 'cloudmeetx-offline-'));
try {
  if (values.install) install(work);
  else if (values.from) symlinkSync(resolve(values.from, 'node_modules'), join(work, 'node_modules'));
  else console.log('Without --install or --from=FOLDER there is nothing beside src/gateway.');
  const contestants = [await gateway(work), ...(values.install || values.from ? await offlines() : [])];
  const noted = noteMachine();
  const all: Found[] = contestants.map(({ name }) => ({ name, rounds: [], observed: [] }));
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < contestants.length; turn++) {
      // In each round from another one on.
      const index = (round + turn) % contestants.length;
      const [contestant, found] = [contestants[index], all[index]];
      if (contestant && found) await takeTurn(contestant, found);
    }
  const report = [
    `${noted()} Other work went on meanwhile: the machine was not quiet. Medians of ${rounds} rounds.`,
    'Round trips a second of one connection, and in parentheses the p50 of one:',
    ratesTable(all),
    'What clients, handlers and callers see:',
    behavioursTable(all),
  ].join('\n\n');
  console.log(report);
  mkdirSync('bench/results', { recursive: true });
  writeFileSync('bench/results/offline.json', JSON.stringify(all));
  if (values.write) writeFigures('offline', report);
} finally {
  rmSync(work, { recursive: true });
}

/** Starts one, measures it, and in its first turn looks at what it does. */
async function takeTurn(contestant: Contestant, found: Found): Promise<void> {
  const running = await contestant.start();
  try {
    if (found.rounds.length === 0) found.observed = await observe(running);
    const rates: Rate[] = [];
    for (const load of loads) rates.push(await measure(running, { ...load, measureMs }));
    found.rounds.push({ startedInMs: running.startedInMs, rates });
  } finally {
    await running.stop();
  }
}

async function observe(running: Running): Promise<readonly string[]> {
  const observed: string[] = [];
  for (const behaviour of behaviours) observed.push(await behaviour.observe(running));
  return observed;
}

function offlines(): Promise<readonly Contestant[]> {
  return Promise.all([
    serverlessOffline('serverless-offline', { folder: work, flags: [] }),
    serverlessOffline('serverless-offline `--useInProcess`', { folder: work, flags: ['--useInProcess'] }),
  ]);
}

/** Installs what is compared, without running anything of it. */
function install(folder: string): void {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  // serverless-offline asks for "serverless" as its peer, which osls is by another name.
  const flags = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', ['install', ...flags, ...PACKAGES], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('serverless-offline could not be installed');
}
