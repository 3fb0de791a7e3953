// What posts through `@connections` take of a processor, by the SDK and without it, and how long fan-outs take.
//
//   npm run bench:posts                  about ten minutes
//   npm run bench:posts -- --quick       one minute, of little use but to see that it runs
//   npm run bench:posts -- --write       also puts the figures into bench/README.md
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom, seedOfRun } from '../../test/harness/random.ts';
import { openQuota, type Quota } from '../lambda/quota.ts';
import { noteMachine } from '../markdown.ts';
import { writeFigures } from '../marks.ts';
import { makeCertificateFiles, startAnswering } from './answering.ts';
import { type FanOutSamples, measureFanOuts, POST_MS, type Sizes } from './fanOuts.ts';
import { measureWays } from './perPost.ts';
import { fanOutsTable, memoryTable, shareOf, waysTable } from './report.ts';
import { bundleWay, wayNames } from './Sender.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});

/** What a function of 512 MB has, and what one has that isn't held back. */
const SHARES = [0.29, 1] as const;
const MEMORIES_MB = [256, 512, 1024, 1769] as const;
const CONCURRENCY = 64;
const WAY_RECIPIENTS = 1000;

const work = mkdtempSync(join(tmpdir(), 'cloudmeetx-posts-'));
const random = seededRandom(seedOfRun());
const noted = noteMachine();
try {
  const certificate = makeCertificateFiles(work);
  const bundled = await Promise.all(wayNames.map((name) => bundleWay(name, work)));
  const ours = bundled.find(({ name }) => name === 'ours');
  if (!ours) throw new Error('our way of sending is missing');
  const common = { file: ours.file, certificateFile: certificate.cert, random };

  const ways = [];
  for (const delayMs of [POST_MS, 0]) {
    const { url, stop } = await startAnswering(delayMs, certificate);
    const plan = { ways: bundled, recipients: WAY_RECIPIENTS, concurrency: CONCURRENCY, url };
    const repeats = values.quick ? { processes: 1, warmFanOuts: 1 } : { processes: 3, warmFanOuts: 4 };
    const measure = (quota: Quota) =>
      measureWays({ ...plan, ...repeats, certificateFile: certificate.cert, quota });
    ways.push({ delayMs, share: SHARES[0], samples: await under(SHARES[0], measure) });
    stop();
  }

  const { url, stop } = await startAnswering(POST_MS, certificate);
  const sizes: Sizes = values.quick
    ? [{ recipients: 100, repeats: 2 }]
    : [
        { recipients: 100, repeats: 15 },
        { recipients: 1000, repeats: 5 },
        { recipients: 10_000, repeats: 2 },
      ];
  const fanOuts = [];
  for (const share of SHARES) {
    const plan = { ...common, url, sizes, concurrencies: [16, 32, 64, 128, 256] };
    fanOuts.push({ share, samples: await under(share, (quota) => measureFanOuts({ ...plan, quota })) });
  }
  const memories: { memoryMb: number; samples: readonly FanOutSamples[] }[] = [];
  for (const memoryMb of MEMORIES_MB) {
    const few = { recipients: 8, repeats: 30 };
    const plan = { ...common, url, sizes: [few, ...sizes.slice(0, 2)], concurrencies: [CONCURRENCY] };
    const measure = (quota: Quota) => measureFanOuts({ ...plan, quota });
    memories.push({ memoryMb, samples: await under(shareOf(memoryMb), measure) });
  }
  stop();

  const report = [
    noted(),
    ...ways.flatMap((one) => [
      `${WAY_RECIPIENTS.toLocaleString('en')} posts, ${CONCURRENCY} at once, with ${one.share} of a processor; answered ${one.delayMs === 0 ? 'at once' : `after ${one.delayMs} ms`}:`,
      waysTable(one, WAY_RECIPIENTS),
    ]),
    `Our fan-outs from a warm function, answered after ${POST_MS} ms; in parentheses how many times the ideal:`,
    fanOutsTable(fanOuts),
    `By the memory of the function, ${CONCURRENCY} at once:`,
    memoryTable(memories),
  ].join('\n\n');
  console.log(report);
  mkdirSync('bench/results', { recursive: true });
  writeFileSync('bench/results/posts.json', JSON.stringify({ ways, fanOuts, memories }));
  if (values.write) writeFigures('posts', report);
} finally {
  rmSync(work, { recursive: true });
}

/** Throws where no share of a processor can be given out: without one there is nothing to say of Lambda. */
async function under<Result>(share: number, measure: (quota: Quota) => Promise<Result>): Promise<Result> {
  const quota = openQuota(share);
  if ('reason' in quota) throw new Error(quota.reason);
  try {
    return await measure(quota);
  } finally {
    quota.close();
  }
}
