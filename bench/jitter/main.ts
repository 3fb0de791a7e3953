// Delivery to clients whose network comes and goes, after the public jitter protocol of AnyCable's benchmark
// (https://github.com/anycable/nodejs-websocket-bench): numbered messages at two a second, while each client's TCP
// connection is killed about every 15 s and it stays offline for about 2 s.
//
//   npm run bench:jitter -- [--clients=1000] [--messages=100]
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ResumingClient } from '../../test/harness/ResumingClient.ts';
import { machine } from '../lambda/machine.ts';
import { Listener } from './Listener.ts';
import { summaryOf } from './summary.ts';

const { values } = parseArgs({
  options: { clients: { type: 'string', default: '1000' }, messages: { type: 'string', default: '100' } },
});
const clients = Number(values.clients);
const messages = Number(values.messages);
if (!(clients >= 1) || !(messages >= 1)) throw new Error('--clients and --messages are 1 or more');

const MEETING = 'jitter';
const CONNECTS_PER_SECOND = 100;
const MESSAGE_INTERVAL_MS = 500;
const OFFLINE_MS = 2000;
/** How long listeners that are still behind are waited for when the last message has been sent. */
const PATIENCE_MS = 20_000;

const dataDir = mkdtempSync(join(tmpdir(), 'cloudmeetx-jitter-'));
const { server, url } = await startServer();
try {
  const speaker = new ResumingClient({
    url: `${url}?meetingId=${MEETING}&userId=speaker`,
    ...{ meetingId: MEETING, session: 'speaker', random: Math.random, keeps: () => false },
  });
  await speaker.settled();
  const listeners = await ramp();
  const startedAtMs = performance.now();
  const endsAtMs = startedAtMs + messages * MESSAGE_INTERVAL_MS;
  await Promise.all([publish(speaker, startedAtMs), ...listeners.map((one) => jitter(one, endsAtMs))]);
  const waitedMs = await lastShown(listeners);
  const cpu = process.cpuUsage();
  const raw = {
    ...{ measuredAt: new Date().toISOString(), machine: machine(), clients, messages, waitedMs },
    generatorCpuMs: (cpu.user + cpu.system) / 1000,
    acked: speaker.acked.length,
    listeners: listeners.map(({ client, losses, replaysMs }) => ({
      ...{ losses, replaysMs, welcomes: client.welcomes.length, ...client.counts },
      recovered: client.welcomes.filter(({ welcome }) => welcome.log.recovered).length,
      shown: client.shown.map(({ data }) => data),
    })),
  };
  mkdirSync('bench/results', { recursive: true });
  writeFileSync('bench/results/jitter.json', JSON.stringify(raw));
  console.log(`${JSON.stringify(raw.machine)}\n\n${summaryOf(raw)}`);
} finally {
  server.kill('SIGKILL');
  await once(server, 'close');
  rmSync(dataDir, { recursive: true });
}
process.exit(0);

async function startServer(): Promise<{ server: ChildProcess; url: string }> {
  const env = {
    ...{ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error' },
    MAX_CONNECTIONS_PER_MEETING: String(clients * 2),
  };
  const server = spawn(process.execPath, ['dist/local/main.mjs'], {
    ...{ env, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  let greeting = '';
  for await (const chunk of server.stdout ?? []) {
    greeting += String(chunk);
    const [, url] = /(ws:\/\/\S+?)\?[\s\S]*wscat/.exec(greeting) ?? [];
    if (url !== undefined) return { server, url };
  }
  throw new Error('the server did not start');
}

async function ramp(): Promise<readonly Listener[]> {
  const listeners: Listener[] = [];
  for (let number = 0; number < clients; number++) {
    listeners.push(new Listener({ url, meetingId: MEETING, userId: `listener-${number}` }));
    if (number % 10 === 9) await pause(10_000 / CONNECTS_PER_SECOND);
  }
  while (!listeners.every(({ client }) => client.isJoined)) await pause(100);
  return listeners;
}

async function publish(speaker: ResumingClient, startedAtMs: number): Promise<void> {
  for (let number = 1; number <= messages; number++) {
    speaker.say(number);
    await pause(startedAtMs + number * MESSAGE_INTERVAL_MS - performance.now());
  }
}

/** The first loss after 5 to 20 s, each further one 15 to 20 s after coming back. */
async function jitter(listener: Listener, endsAtMs: number): Promise<void> {
  let waitMs = 5000 + Math.random() * 15_000;
  while (performance.now() + waitMs < endsAtMs) {
    await pause(waitMs);
    listener.lose(OFFLINE_MS);
    waitMs = OFFLINE_MS + 15_000 + Math.random() * 5000;
  }
}

/** Resolves with the milliseconds until everyone has shown the last message, or patience is at its end. */
async function lastShown(listeners: readonly Listener[]): Promise<number> {
  const startedAtMs = performance.now();
  const waitedMs = () => performance.now() - startedAtMs;
  const isDone = ({ client }: Listener) => client.shown.at(-1)?.data === messages;
  while (!listeners.every(isDone) && waitedMs() < PATIENCE_MS) await pause(20);
  return waitedMs();
}
