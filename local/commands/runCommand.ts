import { ConfigError } from '../../lambda/shared/variables.ts';
import { RequestRefused } from './ApiConnection.ts';
import { type Command, type CommandIo, Failure } from './command.ts';
import { load } from './load.ts';
import { meetings } from './meetings.ts';
import { participants } from './participants.ts';
import { remove } from './remove.ts';
import { send } from './send.ts';
import { tail } from './tail.ts';
import { token } from './token.ts';

const commands: Readonly<Record<string, Command>> = {
  token,
  meetings,
  participants,
  send,
  remove,
  tail,
  load,
};

/** As what it was called, so that what is shown can be pasted. */
const programIn = ({ env }: CommandIo): string =>
  env.npm_lifecycle_event === 'cli' ? 'npm run -s cli --' : 'cloudmeetx';

/**
 * Runs what a command line asks for, and returns the exit code: 0; 1 if it could not be done, or has found something
 * wrong; 2 if it should have been written otherwise.
 */
export async function runCommand([name = '', ...argv]: readonly string[], io: CommandIo): Promise<number> {
  const isHelp = ['--help', '-h', 'help'].includes(name);
  const called = isHelp ? (argv[0] ?? '') : name;
  const command = commandCalled(called);
  if (command && (isHelp || asksForHelp(argv))) {
    io.print(`${usageOf(called, command, io)}\n\n${command.summary}.\n\n${command.details}`);
    return 0;
  }
  if (command) return runWith(command, argv, { ...io, usage: usageOf(called, command, io) });
  if (isHelp && called === '') {
    io.print(help(io));
    return 0;
  }
  const words = called === '' ? 'A command is missing.' : `There is no command "${called}".`;
  io.note(`${words} There are ${Object.keys(commands).join(', ')}.\n\n${help(io)}`);
  return 2;
}

async function runWith(
  command: Command,
  argv: readonly string[],
  { usage, ...io }: CommandIo & { readonly usage: string },
): Promise<number> {
  try {
    return (await command.run(argv, io)) === 'done' ? 0 : 1;
  } catch (error) {
    io.progress.clear();
    if (!(error instanceof ConfigError)) {
      io.note(wordsOn(error as Error));
      return 1;
    }
    io.note(`${error.message}\n\n${usage}\n--help says more.`);
    return 2;
  }
}

/** Only what is behind `--` is never an option. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

const commandCalled = (name: string): Command | undefined =>
  Object.hasOwn(commands, name) ? commands[name] : undefined;

function wordsOn(error: Error): string {
  if (error instanceof Failure) return error.message;
  if (error instanceof RequestRefused) return `The server refused it: ${error.message} (${error.code})`;
  return `This should not have happened: ${error.message}`;
}

function help(io: CommandIo): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const listed = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: ${programIn(io)} COMMAND …\n\n${listed.join('\n')}\n\nWith --help each says more.`;
}

const usageOf = (name: string, { synopsis }: Command, io: CommandIo): string =>
  `Usage: ${programIn(io)} ${name} ${synopsis}`;
