import { fileURLToPath } from 'node:url';
import { createLog, type Log } from '../lambda/shared/log.ts';
import { ConfigError } from '../lambda/shared/variables.ts';
import { type Config, readConfig } from './config.ts';
import { cameraOf, reachOf } from './reach.ts';
import { type RunningServer, startServer } from './server.ts';

/** Beside the folder that this file is built into. */
const pageFolder = fileURLToPath(new URL('../web', import.meta.url));

/** `npm start`: reads the environment, serves, and stops on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(process.env, process.argv.slice(2));
  const log = createLog({
    level: config.logLevel,
    write: (line) => process.stderr.write(`${line}\n`),
    now: Date.now,
  });
  // Whoever reads our output may go away; meetings must not end with them.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const server = await startServer(config, log, { pageFolder });
  process.stdout.write(greeting(server, config));
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void stop(server, log, signal));
  if (config.certificateFiles) process.on('SIGHUP', () => server.reloadCertificate());
}

function greeting({ webSocketUrl, pageUrl, wscatLine }: RunningServer, config: Config): string {
  const person = config.authentication ? '' : '&userId=…&userName=…';
  return `CloudMeetX is running.

  API   ${webSocketUrl}?meetingId=…${person}
  Page  ${pageUrl}

${reachOf(config)}
${cameraOf(config)}Two terminals in one meeting (change alice to bob in the second):

  ${wscatLine}

`;
}

async function stop(server: RunningServer, log: Log, signal: string): Promise<void> {
  log.info('stopping', { signal });
  await server.stop();
  log.info('stopped');
  process.exit(0);
}

main().catch((error: unknown) => {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`CloudMeetX did not start. ${error.message}\n`);
  process.exitCode = 1;
});
