import { readAuthentication } from '../../lambda/shared/authentication.ts';
import { type Command, type CommandIo, Failure } from './command.ts';
import { operatorOf } from './operator.ts';
import { connecting, connectingHelp, readOptions, textArgument } from './options.ts';
import { counted, jsonLine, oneLine } from './text.ts';
import { withConnection } from './withConnection.ts';

const options = { ...connecting, aws: { type: 'boolean', default: false } } as const;

/** `remove MEETING USER`: puts somebody out. */
export const remove: Command = {
  summary: 'Removes a user from a meeting, who then cannot come back for an hour (BAN_SECONDS)',
  synopsis: 'MEETING USER [--token TOKEN] [--aws] [--json]',
  details: `Whoever runs the server may: on its machine, or with OPERATOR_TOKEN, or with credentials of AWS, as "meetings --help" says;
on AWS it takes --url or CALLBACK_URL as well, to close the user's connections. Who doesn't, does it as a host: with --token,
or with AUTH_SECRET; then the others see a host come and go.

  --aws           It is on AWS, under whatever name. Understood of …execute-api… addresses
${connectingHelp}: { meetingId, userId, connections? }`,
  run,
};

type Asked = { readonly meetingId: string; readonly userId: string };

async function run(argv: readonly string[], io: CommandIo): Promise<'done'> {
  const { values, given } = readOptions(argv, options, ['MEETING', 'USER']);
  const asked = { meetingId: textArgument('MEETING', given[0]), userId: textArgument('USER', given[1]) };
  const operator = values.token === undefined ? await operatorOf(values, io) : undefined;
  const connections = operator ? await operator.remove(asked) : await asHost(asked, values, io);
  const { meetingId, userId } = asked;
  if (values.json) io.print(jsonLine({ meetingId, userId, connections }));
  else {
    const ended = connections === undefined ? '' : `: ${counted(connections, 'connection')} ended`;
    io.print(`"${oneLine(userId)}" is out of "${oneLine(meetingId)}"${ended}.`);
  }
  return 'done';
}

type HostOptions = Readonly<Partial<Record<'url' | 'token' | 'user' | 'name', string | undefined>>>;

/** A meeting is hosted by who has joined it. */
async function asHost({ meetingId, userId }: Asked, values: HostOptions, io: CommandIo): Promise<undefined> {
  if (values.token === undefined && readAuthentication(io.env)?.keys.kind !== 'secret') {
    throw new Failure(
      'Only the server’s operator and hosts may remove somebody. Run this as the server’s user with its DATA_DIR while it runs, or set OPERATOR_TOKEN for both, or give a host’s --token; on AWS, give --aws.',
    );
  }
  await withConnection({ ...values, meetingId, role: 'host' }, io, async (connection) => {
    await connection.request({ action: 'join' });
    await connection.request({ action: 'remove', userId });
    await connection.request({ action: 'leave' });
  });
}
