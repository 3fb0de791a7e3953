import { readFileSync } from 'node:fs';
import { ConfigError } from '../../lambda/shared/variables.ts';
import type { Command, CommandIo } from './command.ts';
import { type Credentials, credentialsOf } from './credentials.ts';
import { deploymentOf } from './deployment.ts';
import { LoadRun } from './load/LoadRun.ts';
import { type LoadPlan, planOf, planOptions } from './load/plan.ts';
import { inWords, planInWords, reportOf } from './load/report.ts';
import { readOptions } from './options.ts';
import { jsonLine } from './text.ts';

const options = {
  ...planOptions,
  url: { type: 'string' },
  tokens: { type: 'string' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** `load`: a load test of one's own deployment. */
export const load: Command = {
  summary: 'Puts a deployment under load, and counts what is lost and how long it takes',
  synopsis:
    '[--meetings 10] [--people 5] [--rate 20] [--seconds 30] [--type chat|message] [--size 200] [--ramp 50] [--wait 10] [--yes]',
  details: `People join meetings of their own and write to everybody in turn, at a constant rate, however long the answers take. All
durations are counted from when a message was due, so that waiting is part of them; "sent late" is this program's own
share. Who is in a meeting when a message is sent has to get it within the wait. The exit code is 1 if anything acked is
lost, a request stays unanswered, or a connection isn't opened or ends. Ctrl-C ends it early, with a report.

  --meetings N    Meetings, 10 unless given
  --people N      People in each, 5 unless given
  --rate N        Messages a second, of all together, 20 unless given
  --seconds N     How long, 30 unless given
  --type TYPE     chat, which is logged, unless given; message, which is not
  --size N        Bytes of what a message says, 200 unless given
  --ramp N        Connections a second, 50 unless given
  --wait N        Seconds that the last deliveries are waited for, 10 unless given
  --url URL       The deployment: ws://127.0.0.1:3001/production, wss://… Unless given, that of this machine
  --tokens FILE   A token a line, for as many people as a meeting has; unless given they are made with AUTH_SECRET, if
                  that is set
  --yes           Do it on another machine, where it may cost money
  --json          The report as JSON`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<'done' | 'failed'> {
  const { values } = readOptions(argv, options, []);
  const plan = planOf(values);
  const { url, place } = deploymentOf(values.url, io.env);
  const work = planInWords(plan, url.href);
  if (place !== 'machine' && !values.yes) {
    throw new ConfigError(`That makes ${work}. On AWS it costs money. Add --yes to do it.`);
  }
  const credentials = loadCredentials(values.tokens, plan, io);
  if (!values.json) io.note(`${work}.`);
  const interrupted = io.interruption();
  const { progress, note } = io;
  const test = new LoadRun({ plan, url, credentials, progress, note, interrupted });
  await test.open();
  await test.send();
  await test.settle();
  const report = reportOf(
    { ...{ tally: test.tally, joinMs: test.joinMs }, connections: test.connections() },
    { url: url.href, plan, interrupted: interrupted.aborted },
  );
  io.print(values.json ? jsonLine(report) : inWords(report));
  await test.close();
  return report.passed ? 'done' : 'failed';
}

function loadCredentials(
  file: string | undefined,
  { people }: LoadPlan,
  { env, now }: CommandIo,
): (meeting: number, person: number) => Promise<Credentials> {
  const tokens = file === undefined ? undefined : tokensIn(file, people);
  return (meeting, person) => {
    const user = `load-${meeting}-${person}`;
    return credentialsOf({ token: tokens?.[person], user, role: 'participant' }, env, now)();
  };
}

function tokensIn(file: string, people: number): readonly string[] {
  const tokens = contentsOf(file).split(/\s+/).filter(Boolean);
  if (tokens.length >= people) return tokens;
  throw new ConfigError(
    `--tokens must name a file with a token for each of the ${people} people of a meeting, but "${file}" has ${tokens.length}.`,
  );
}

function contentsOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`--tokens "${file}" can't be read: ${(error as Error).message}`, { cause: error });
  }
}
