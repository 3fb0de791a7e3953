import { createLog, type Log } from '../lambda/shared/log.ts';
import { ConfigError } from '../lambda/shared/variables.ts';
import { type Config, readConfig } from './config.ts';
import { type RunningServer, startServer } from './server.ts';

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
  const server = await startServer(config, log);
  process.stdout.write(greeting(server, config));
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void stop(server, log, signal));
  if (config.certificateFiles) process.on('SIGHUP', () => server.reloadCertificate());
}

function greeting({ webSocketUrl, pageUrl, wscatLine }: RunningServer, config: Config): string {
  return `CloudMeetX is running.

  API   ${webSocketUrl}?meetingId=…&userId=…&userName=…
  Page  ${pageUrl}

${whoMayJoin(config)}
${camera(config)}Two terminals in one meeting (change alice to bob in the second):

  ${wscatLine}

`;
}

function whoMayJoin({ authentication, reach }: Config): string {
  if (authentication) return 'Authentication is on: who connects shows a token.';
  return reach === 'this machine'
    ? 'Authentication is off: only programs on this machine reach it, and they may join any meeting under any name.'
    : 'Authentication is off: WARNING: whoever reaches this address may join any meeting under any name.';
}

/** Browsers give cameras to secure contexts only: https://w3c.github.io/webappsec-secure-contexts/ */
function camera({ certificateFiles, trustedProxies, reach }: Config): string {
  if (reach === 'this machine' || certificateFiles || trustedProxies.kind !== 'none') return '';
  return 'Without HTTPS browsers on other machines give no camera: set TLS_CERT and TLS_KEY, or TRUST_PROXY behind a proxy.\n';
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
