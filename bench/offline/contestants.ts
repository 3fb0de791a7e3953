import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A gateway that is compared. */
export type Contestant = {
  readonly name: string;
  /** Starts it in a process of its own; resolves when it says that it listens. */
  start(): Promise<Running>;
};

/** Its process, and where it is. */
export type Running = {
  readonly url: string;
  /** Of its `@connections`, as `CALLBACK_URL`. */
  readonly callbackUrl: string;
  /** Where the handler of `$disconnect` writes its events, one in a line. */
  readonly eventsFile: string;
  /** From making the process until it said that it listens. */
  readonly startedInMs: number;
  stop(): Promise<void>;
};

/** Bundles server and handlers into a folder, and returns `src/gateway`. */
export async function gateway(folder: string): Promise<Contestant> {
  const file = await bundle('gatewayServer', folder);
  return {
    name: 'src/gateway',
    start: async () => {
      const [port] = await freePorts(1);
      const eventsFile = newEventsFile(folder);
      const callbackUrl = `http://127.0.0.1:${port}/production`;
      const env = { PORT: String(port), EVENTS_FILE: eventsFile, CALLBACK_URL: callbackUrl };
      const running = await run({ args: [file], cwd: folder, env, listening: /listening/ });
      return { ...running, url: `ws://127.0.0.1:${port}/production`, callbackUrl, eventsFile };
    },
  };
}

/** serverless-offline, which is installed in this folder: by itself it runs handlers in worker threads. */
export async function serverlessOffline(
  name: string,
  { folder, flags }: { readonly folder: string; readonly flags: readonly string[] },
): Promise<Contestant> {
  const service = join(folder, `service-${flags.length}`);
  mkdirSync(service, { recursive: true });
  await bundle('handlers', service);
  return {
    name,
    start: async () => {
      const [port, httpPort, lambdaPort] = await freePorts(3);
      const eventsFile = newEventsFile(folder);
      const callbackUrl = `http://127.0.0.1:${port}`;
      const environment = { EVENTS_FILE: eventsFile, CALLBACK_URL: callbackUrl };
      writeFileSync(join(service, 'serverless.json'), JSON.stringify(serviceOf(environment)));
      const ports = ['--websocketPort', port, '--httpPort', httpPort, '--lambdaPort', lambdaPort].map(String);
      const osls = join(folder, 'node_modules/osls/bin/serverless.js');
      const args = [osls, 'offline', 'start', '--host', '127.0.0.1', '--noSponsor', ...flags, ...ports];
      const listening = /\[http for websocket\] listening/;
      const running = await run({ args, cwd: service, env: {}, listening });
      return { ...running, url: `ws://127.0.0.1:${port}`, callbackUrl, eventsFile };
    },
  };
}

function serviceOf(environment: Readonly<Record<string, string>>) {
  const websocket = (route: string, twoWay?: 'two-way') => ({
    websocket: { route, ...(twoWay && { routeResponseSelectionExpression: '$default' }) },
  });
  return {
    service: 'compared',
    provider: {
      ...{ name: 'aws', runtime: 'nodejs20.x', stage: 'production', region: 'us-east-1', environment },
      websocketsApiRouteSelectionExpression: '$request.body.action',
    },
    plugins: ['serverless-offline'],
    functions: {
      connect: { handler: 'handlers.connect', events: [websocket('$connect')] },
      disconnect: { handler: 'handlers.disconnect', events: [websocket('$disconnect')] },
      echo: { handler: 'handlers.echo', events: [websocket('echo', 'two-way'), websocket('quiet')] },
      whoAmI: { handler: 'handlers.whoAmI', events: [websocket('whoAmI', 'two-way')] },
      broadcast: { handler: 'handlers.broadcast', events: [websocket('broadcast')] },
      fail: { handler: 'handlers.fail', events: [websocket('fail')] },
    },
  };
}

async function bundle(name: 'handlers' | 'gatewayServer', folder: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [`bench/offline/${name}.ts`],
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'esm', outfile, logLevel: 'warning' },
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  return outfile;
}

let files = 0;
function newEventsFile(folder: string): string {
  const file = join(folder, `events-${files++}.jsonl`);
  writeFileSync(file, '');
  return file;
}

type Command = {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly listening: RegExp;
};

async function run({
  args,
  cwd,
  env,
  listening,
}: Command): Promise<{ startedInMs: number; stop(): Promise<void> }> {
  const startedAtMs = performance.now();
  const { PATH, HOME } = process.env;
  const server = spawn(process.execPath, args, {
    ...{ cwd, env: { PATH, HOME, SLS_NOTIFICATIONS_MODE: 'off', ...env }, stdio: 'pipe' },
  });
  await said(server, listening);
  const startedInMs = performance.now() - startedAtMs;
  const stop = async () => {
    server.kill('SIGKILL');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'close');
  };
  return { startedInMs, stop };
}

/** serverless-offline says on stderr what it does. */
function said(server: ChildProcess, listening: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const onOutput = (chunk: Buffer) => {
      // Afterwards it is only read, so that the server never waits for a full pipe.
      if (output.length < 100_000) output += chunk.toString();
      if (listening.test(output)) resolve();
    };
    server.stdout?.on('data', onOutput);
    server.stderr?.on('data', onOutput);
    server.on('error', reject);
    server.on('exit', () => reject(new Error(`a server ended before it listened: ${output}`)));
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a server without a port');
    return address.port;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
