import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../src/client/backoff.ts';
import type { Frame } from '../../src/client/frames.ts';
import type { Command, CommandIo } from './command.ts';
import { credentialsOf } from './credentials.ts';
import { deploymentOf } from './deployment.ts';
import { MeetingTail } from './MeetingTail.ts';
import { NotConnected } from './notConnected.ts';
import { connecting, connectingHelp, readOptions, textArgument, wholeOption } from './options.ts';
import { jsonLine, oneLine } from './text.ts';

const options = {
  ...connecting,
  lines: { type: 'string', default: '10' },
  since: { type: 'string' },
} as const;

const MAX_SEQ = Number.MAX_SAFE_INTEGER;

/** `tail MEETING`: its log as it grows. */
export const tail: Command = {
  summary: 'Shows the chats, joins and leaves of a meeting as they come',
  synopsis: 'MEETING [--lines 10 | --since SEQ] [--json]',
  details: `Shows the meeting's log: its last lines, then each new one, once and in order, also over lost connections. Nobody is told
that you look, but you take one of the meeting's places. Ctrl-C ends it.

  --lines N       How many lines of the log before, 10 unless given
  --since SEQ     All lines after this number instead
${connectingHelp}, one line of the log each`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<'done'> {
  const { values, given } = readOptions(argv, options, ['MEETING']);
  const meetingId = textArgument('MEETING', given[0]);
  const from =
    values.since === undefined
      ? { lines: wholeOption('--lines', values.lines, { min: 0, max: MAX_SEQ }) }
      : { since: wholeOption('--since', values.since, { min: 0, max: MAX_SEQ }) };
  const { url } = deploymentOf(values.url, io.env);
  const credentials = credentialsOf({ ...values, role: 'observer' }, io.env, io.now);
  const words = values.json ? jsonLine : inWords;
  const follow = new MeetingTail({
    from,
    show: (line) => io.print(words(line)),
    note: io.note,
    connection: async () => ({ url, meetingId, credentials: await credentials(), client: 'plain' }),
  });
  await keepConnected(follow, io);
  return 'done';
}

/** Until it is interrupted. The first time whatever keeps it out ends it; later only what would do so for good. */
async function keepConnected(follow: MeetingTail, { interruption, note }: CommandIo): Promise<void> {
  const interrupted = interruption();
  for (let failures = 0; !interrupted.aborted; failures++) {
    try {
      await follow.once(interrupted, () => {
        failures = 0;
      });
    } catch (error) {
      if (interrupted.aborted) return;
      if (!(error instanceof NotConnected) || error.kind === 'refused' || !follow.hasBegun) throw error;
      note(`${error.message} Trying again.`);
    }
    await sleep(backoffMs(failures, Math.random), undefined, { signal: interrupted }).catch(() => {});
  }
}

const told: Readonly<Record<string, string>> = {
  left: 'left',
  expired: 'left: the connection had expired',
  replaced: 'left: a newer connection took its place',
  kicked: 'was removed',
  'connection-lost': 'left: the connection was lost',
};

type Line = Frame & {
  readonly from?: { readonly userId?: unknown; readonly userName?: unknown };
  readonly data?: unknown;
};

function inWords(frame: Frame): string {
  const { type, timestamp, from, data } = frame as Line;
  const time = `${timestamp}`.slice(0, 19).replace('T', ' ');
  if (type === 'event') {
    const { userName, userId, eventType, reason } = data as Frame;
    const what = eventType === 'user-joined' ? 'joined' : (told[String(reason)] ?? 'left');
    return oneLine(`${time}  * ${userName} (${userId}) ${what}`);
  }
  const said = typeof data === 'string' ? data : JSON.stringify(data);
  return oneLine(`${time}  ${from?.userName}: ${said}`);
}
