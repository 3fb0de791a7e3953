import type { Participant } from '../../src/protocol/participants.ts';
import type { ApiConnection } from './ApiConnection.ts';
import { type Command, type CommandIo, Failure } from './command.ts';
import { connecting, connectingHelp, readOptions, textArgument } from './options.ts';
import { counted, jsonLine, oneLine, table } from './text.ts';
import { withConnection } from './withConnection.ts';

/** `participants MEETING`: who is there. */
export const participants: Command = {
  summary: 'Lists who is in a meeting',
  synopsis: 'MEETING [--json]',
  details: `Lists who has joined. Nobody is told that you looked.

${connectingHelp}: { meetingId, seq, participantCount, participants }`,
  run,
};

type Roster = { readonly seq: number; readonly participants: readonly Participant[] };

/** What `participants` is answered with; PROTOCOL.md, PT1. */
type Page = Roster & { readonly participantCount: number; readonly more: boolean };

async function run(argv: readonly string[], io: CommandIo): Promise<'done'> {
  const { values, given } = readOptions(argv, connecting, ['MEETING']);
  const meetingId = textArgument('MEETING', given[0]);
  const roster = await withConnection({ ...values, meetingId, role: 'observer' }, io, (connection) =>
    readRoster(connection, io),
  );
  const { seq, participants: people } = roster;
  if (seq === 0 && people.length === 0) {
    throw new Failure(
      `There is no meeting "${oneLine(meetingId)}": nobody has joined it, and its log is empty. Names are told apart by case; "meetings" lists those where somebody is.`,
    );
  }
  if (values.json) {
    io.print(jsonLine({ meetingId, seq, participantCount: people.length, participants: people }));
  } else io.print(inWords(meetingId, people));
  return 'done';
}

async function readRoster(connection: ApiConnection, { progress }: CommandIo): Promise<Roster> {
  const people: Participant[] = [];
  for (;;) {
    const reply = await connection.request({ action: 'participants', after: people.at(-1)?.userId });
    // As PROTOCOL.md has it: the server is ours.
    const page = reply as unknown as Page;
    people.push(...page.participants);
    progress.show('Reading', people.length, page.participantCount);
    if (page.more) continue;
    progress.clear();
    return { seq: page.seq, participants: people };
  }
}

function inWords(meetingId: string, people: readonly Participant[]): string {
  if (people.length === 0) return `Nobody is in "${oneLine(meetingId)}" now.`;
  const rows = people.map(({ userId, userName, role, joinedAt, connections }) => [
    userId,
    userName,
    role,
    joinedAt,
    String(connections.length),
  ]);
  const listed = table(['USER', 'NAME', 'ROLE', 'JOINED', 'CONNECTIONS'], rows);
  return `${listed}\n\n${counted(people.length, 'person', 'people')} in "${oneLine(meetingId)}".`;
}
