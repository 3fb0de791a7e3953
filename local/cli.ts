import { ConfigError, type Environment } from '../lambda/shared/variables.ts';
import { tokenCommand } from './tokenCommand.ts';

const usage = `Usage: npm run -s cli -- token --user ID [--name NAME] [--role host|participant|observer]
                               [--meeting ID] [--minutes 60]

Prints a token for a server with the same AUTH_SECRET.
`;

/** `npm run cli`: what a person asks of CloudMeetX in a terminal. Returns the exit code. */
async function main(argv: readonly string[], env: Environment): Promise<number> {
  const [command, ...options] = argv;
  try {
    if (command !== 'token') throw new ConfigError('There is one command, token.');
    process.stdout.write(`${await tokenCommand(options, env, Date.now())}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2), process.env);
