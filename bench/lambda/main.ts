// Bundle sizes and cold starts of the built functions, beside an unbundled build of the same code and two controls.
//
//   npm run bench:lambda -- [--repeats=30] [--share=0.29] [--write]
//
// --write also puts the figures into bench/README.md.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom, seedOfRun } from '../../test/harness/random.ts';
import { noteMachine } from '../markdown.ts';
import { writeFigures } from '../marks.ts';
import { type Build, builtFunctions, makeUnbundled, unpackBundled } from './builds.ts';
import { bundleContents } from './bundleContents.ts';
import { machine } from './machine.ts';
import { openQuota, type Quota } from './quota.ts';
import { contentsTable, sizesTable, startsTable } from './report.ts';
import { measureStarts, type Row, type Samples } from './rounds.ts';
import { startSurroundings } from './surroundings.ts';

const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '30' },
    // What a function of 512 MB has: 1,769 MB are one processor.
    share: { type: 'string', default: '0.29' },
    write: { type: 'boolean', default: false },
  },
});
const repeats = Number(values.repeats);
const share = Number(values.share);
if (!(repeats >= 3) || !(share > 0 && share <= 1)) throw new Error('--repeats is 3 or more, --share up to 1');

const ofEachKind = ['onConnect', 'onDefault', 'sendMessage', 'deliver'];
const firstRelease = ['onConnect', 'onDisconnect', 'sendMessage'];
const root = fileURLToPath(new URL('../..', import.meta.url));
const surroundings = await startSurroundings();
const work = mkdtempSync(join(tmpdir(), 'cloudmeetx-bench-'));
const quota = openQuota(share);
const seed = seedOfRun();
try {
  console.log(`seed ${seed}, ${repeats} repeats, ${JSON.stringify(machine())}\n`);
  const builds = builtFunctions(root).flatMap((name) => [
    unpackBundled(root, name, join(work, 'bundled', name)),
    // Of the others, the first release's are enough to show what bundling does.
    ...(firstRelease.includes(name) ? [makeUnbundled(root, name, join(work, 'unbundled', name))] : []),
  ]);
  // Those of a kind consist of the same.
  const contents = bundleContents(root).filter(({ functionName }) => ofEachKind.includes(functionName));
  console.log(`${sizesTable(builds)}\n\n${contentsTable(contents)}\n`);
  const noted = noteMachine();
  const full = await measure('no limit', builds);
  const limited = 'reason' in quota ? quota : await measure(quota.means, builds, quota);
  save({ builds, full, limited });
  if (values.write) {
    writeFigures('lambda', reportOf(noted(), builds, { full, limited }));
    writeFigures('bundle', contentsTable(contents));
  }
} finally {
  if (!('reason' in quota)) quota.close();
  await surroundings.stop();
  rmSync(work, { recursive: true });
}
if ('reason' in quota) console.log(`Not measured under a share of ${share} processors: ${quota.reason}`);

async function measure(means: string, builds: readonly Build[], limit?: Quota): Promise<Samples> {
  const rows: readonly Row[] = [{ kind: 'bare' }, { kind: 'empty' }, ...builds];
  const random = seededRandom(seed);
  const samples = await measureStarts(rows, {
    ...{ repeats, random, surroundings, work },
    ...(limit && { quota: limit }),
  });
  console.log(`${limit ? share : machine().processors} processors (${means})\n\n${startsTable(samples)}\n`);
  return samples;
}

type Measured = { readonly full: Samples; readonly limited: Samples | { readonly reason: string } };

function reportOf(noted: string, builds: readonly Build[], { full, limited }: Measured): string {
  const underShare = 'reason' in limited ? `Not measured: ${limited.reason}` : startsTable(limited);
  return [
    `${noted} \`SEED=${seed}\`, ${repeats} repeats.`,
    sizesTable(builds),
    'Both processors, no limit:',
    startsTable(full),
    `${share} of a processor:`,
    underShare,
  ].join('\n\n');
}

function save(measured: unknown): void {
  const folder = fileURLToPath(new URL('../results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const measuredAt = new Date().toISOString();
  const file = join(folder, `lambda-${measuredAt.replaceAll(':', '')}.json`);
  const run = { measuredAt, seed, repeats, share, machine: machine(), measured };
  writeFileSync(file, JSON.stringify(run, undefined, 1));
  console.log(`raw data: ${file}`);
}
