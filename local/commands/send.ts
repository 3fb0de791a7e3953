import type { Frame } from '../../src/client/frames.ts';
import type { Command, CommandIo } from './command.ts';
import { connecting, connectingHelp, readOptions, textArgument } from './options.ts';
import { counted, jsonLine } from './text.ts';
import { withConnection } from './withConnection.ts';

const options = {
  ...connecting,
  to: { type: 'string' },
  type: { type: 'string', default: 'chat' },
} as const;

/** `send MEETING TEXT`: one message, to everybody or to one user. */
export const send: Command = {
  summary: 'Sends a message to a meeting, or to one user of it',
  synopsis: 'MEETING TEXT [--to USER] [--type TYPE] [--user ID] [--name NAME]',
  details: `Prints how many connections it was sent to. A chat to everybody is in the meeting's log, whoever is there now.
Nobody is told that you came or went.

  --to USER       To the connections of one user alone; that nobody has it is a failure
  --type TYPE     The messageType, chat unless given
${connectingHelp}: the server's ack`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<'done' | 'failed'> {
  const { values, given } = readOptions(argv, options, ['MEETING', 'TEXT']);
  const [meeting, data] = given;
  const meetingId = textArgument('MEETING', meeting);
  const target = values.to === undefined ? { meetingId } : { targetUserId: textArgument('--to', values.to) };
  const ack = await withConnection({ ...values, meetingId, role: 'participant' }, io, (connection) =>
    connection.request({ action: 'sendMessage', ...target, messageType: values.type, data }),
  );
  io.print(values.json ? jsonLine(withoutRequestId(ack)) : inWords(ack));
  return values.to !== undefined && ack.sent === 0 ? 'failed' : 'done';
}

/** It is the command's own affair. */
const withoutRequestId = ({ requestId: _, ...ack }: Frame): Frame => ack;

function inWords({ sent, failed, stale, seq, queued }: Frame): string {
  const to =
    sent === undefined
      ? `Queued for ${counted(Number(queued ?? 0), 'connection')}`
      : `Sent to ${counted(Number(sent), 'connection')}`;
  const troubles = [
    Number(failed ?? 0) > 0 ? `${failed} failed` : [],
    Number(stale ?? 0) > 0 ? `${stale} gone` : [],
    seq === undefined ? [] : `line ${seq} of the log`,
  ].flat();
  return `${[to, ...troubles].join(', ')}.`;
}
