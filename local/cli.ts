#!/usr/bin/env node
import type { CommandIo } from './commands/command.ts';
import { ProgressLine } from './commands/ProgressLine.ts';
import { runCommand } from './commands/runCommand.ts';

/** `npm run cli`: what a person asks of CloudMeetX in a terminal. */
async function main(): Promise<void> {
  // Whoever read our output has gone, as `head` does when it has enough.
  process.stdout.on('error', () => process.exit(0));
  const progress = new ProgressLine(screen());
  const writeTo = (stream: NodeJS.WriteStream) => (line: string) => {
    progress.clear();
    stream.write(`${line}\n`);
  };
  const io: CommandIo = {
    env: process.env,
    print: writeTo(process.stdout),
    note: writeTo(process.stderr),
    progress,
    interruption,
    now: Date.now,
  };
  process.exitCode = await runCommand(process.argv.slice(2), io);
}

/** Whoever asks for an end twice has no patience left. */
function interruption(): AbortSignal {
  const wish = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => (wish.signal.aborted ? process.exit(130) : wish.abort()));
  }
  return wish.signal;
}

function screen(): ConstructorParameters<typeof ProgressLine>[0] {
  const { stderr } = process;
  if (!stderr.isTTY) return undefined;
  return {
    write: (text) => stderr.write(text),
    // Some terminals have none, or say 0.
    columns: () => stderr.columns || 80,
    elapsedMs: () => performance.now(),
  };
}

await main();
