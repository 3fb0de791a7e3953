// What meetings cost on AWS, from counted calls and capacity units.
//
//   npm run cost -- --people 8 --minutes 45 --chats-per-minute 4 --meetings-per-month 1000
//   npm run cost -- --json            the same for programs
//   npm run cost -- --count           counts anew what operations take: bench/cost/counts.json. Needs DynamoDB Local
//   npm run cost -- --write           puts the example into bench/README.md
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { writeFigures } from '../marks.ts';
import { readCounts } from './counts.ts';
import { estimate, type Kind } from './estimate.ts';
import { example, meshSignals } from './example.ts';
import { PRICES_OF, pricesByRegion } from './prices.ts';
import { reportOf } from './report.ts';

const MOST_PEOPLE = 100;

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: String(example.people) },
    minutes: { type: 'string', default: String(example.minutes) },
    'chats-per-minute': { type: 'string', default: String(example.chatsPerMinute) },
    signals: { type: 'string' },
    'updates-per-person': { type: 'string', default: String(example.updatesPerPerson) },
    'meetings-per-month': { type: 'string', default: String(example.meetingsPerMonth) },
    region: { type: 'string', default: 'us-east-1' },
    json: { type: 'boolean', default: false },
    count: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

if (values.count) {
  const args = [
    'vitest',
    'run',
    '--config',
    'vitest.lambda.config.ts',
    '--project',
    'calm',
    'test/capacity/operations',
  ];
  const env = { ...process.env, WRITE_COUNTS: '1' };
  const { status } = spawnSync('npx', args, { stdio: ['ignore', process.stderr, process.stderr], env });
  if (status !== 0) process.exit(status ?? 1);
}

const people = numberOf('people', values.people, 1);
if (!Number.isInteger(people) || people > MOST_PEOPLE)
  fail(
    `--people is a whole number up to ${MOST_PEOPLE}: larger meetings go by the queue, which isn't reckoned with`,
  );
const kind: Kind = {
  people,
  minutes: numberOf('minutes', values.minutes, 0),
  chatsPerMinute: numberOf('chats-per-minute', values['chats-per-minute'], 0),
  signals: values.signals === undefined ? meshSignals(people) : numberOf('signals', values.signals, 0),
  updatesPerPerson: numberOf('updates-per-person', values['updates-per-person'], 0),
  meetingsPerMonth: numberOf('meetings-per-month', values['meetings-per-month'], 0),
};
const { region } = values;
const prices = pricesByRegion[region] ?? fail(`--region is ${Object.keys(pricesByRegion).join(' or ')}`);
const counts = readCounts();
const estimated = estimate(kind, counts, prices);
const basis = { region, countedOn: counts.countedOn };
const report = reportOf(kind, estimated, basis);
console.log(
  values.json ? JSON.stringify({ kind, ...basis, pricesOf: PRICES_OF, ...estimated }, undefined, 1) : report,
);
if (values.write) writeFigures('cost', report);

function numberOf(name: string, value: string, min: number): number {
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) && number >= min
    ? number
    : fail(`--${name} is a number, ${min} or more`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
