import type { MeetingOverview } from '../../src/meeting/overview.ts';
import { type Command, type CommandIo, Failure } from './command.ts';
import { operatorHelp, operatorOf } from './operator.ts';
import { readOptions } from './options.ts';
import { counted, jsonLine, table } from './text.ts';

/** The options of commands for operators. */
const options = {
  url: { type: 'string' },
  aws: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** `meetings`: where somebody is. */
export const meetings: Command = {
  summary: 'Lists the meetings where somebody is',
  synopsis: '[--url URL] [--aws] [--json]',
  details: `For whoever runs the server. On its machine, as its user and with its DATA_DIR, nothing else is needed; from elsewhere,
OPERATOR_TOKEN, which the server has to be started with. On AWS it takes credentials that may read both tables
(AWS_PROFILE and the like, TABLE_NAME, MEETINGS_TABLE_NAME), and reads all of CloudMeetXConnections.

${operatorHelp}: { meetings: [{ meetingId, people, connections, locked, seq }] }`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<'done'> {
  const { values } = readOptions(argv, options, []);
  const operator = await operatorOf(values, io);
  if (!operator) {
    throw new Failure(
      'There is no token of the server here. Run this as its user with its DATA_DIR while it runs, or set OPERATOR_TOKEN for both; on AWS, give --aws.',
    );
  }
  const found = await operator.meetings((done, total) => io.progress.show('Reading', done, total));
  io.progress.clear();
  io.print(values.json ? jsonLine({ meetings: found }) : inWords(found));
  return 'done';
}

function inWords(found: readonly MeetingOverview[]): string {
  if (found.length === 0) return 'Nobody is in any meeting.';
  const rows = found.map(({ meetingId, people, connections, locked, seq }) => [
    meetingId,
    String(people),
    String(connections),
    locked ? 'yes' : 'no',
    String(seq),
  ]);
  const listed = table(['MEETING', 'PEOPLE', 'CONNECTIONS', 'LOCKED', 'LOG'], rows);
  return `${listed}\n\n${counted(found.length, 'meeting')}.`;
}
