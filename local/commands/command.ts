import type { Environment } from '../../lambda/shared/variables.ts';
import type { ProgressLine } from './ProgressLine.ts';

/** What a command is given of its surroundings. */
export type CommandIo = {
  readonly env: Environment;
  /** Writes a line of what was asked for to standard output. */
  readonly print: (line: string) => void;
  /** Writes a line about it to standard error. */
  readonly note: (line: string) => void;
  readonly progress: ProgressLine;
  /** From the first call on, the user's wish for an end (Ctrl-C, SIGTERM) aborts this, where it would end the process. */
  readonly interruption: () => AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** One command of the command line. */
export type Command = {
  /** One line, for the list of all. */
  readonly summary: string;
  /** What follows the command's name: its arguments and the options that are its own. */
  readonly synopsis: string;
  /** The rest of its help. */
  readonly details: string;
  /**
   * Does what its arguments say. `failed`: it was done, and what it found calls for an exit code. Throws a
   * {@link ConfigError} for what the user should write otherwise, and a {@link Failure} for what went wrong.
   */
  readonly run: (argv: readonly string[], io: CommandIo) => Promise<'done' | 'failed'>;
};

/** Why a command could not do what it was asked for: one sentence or two that say what to change. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
