import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';

/** What a page pays for the client, in bytes of `gzip -9`: 8 kB, less what one gzip makes of it and another doesn't. */
const BUDGET_BYTES = 8150;

const bundle = readFileSync('dist/client/index.js');

describe('the client’s bundle', () => {
  it('stays within its budget', () => {
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it('imports nothing, and has no part of the server or of its validator', () => {
    const inputs = JSON.parse(readFileSync('dist/.inputs/client-index.js.json', 'utf8')) as Record<
      string,
      number
    >;
    const bundled = Object.keys(inputs).filter((input) => (inputs[input] ?? 0) > 0);
    expect(bundled.filter((input) => !/^src\/(client|protocol)\//.test(input))).toEqual([]);
    expect(bundled).toContain('src/client/createMeetingClient.ts');
    expect(String(bundle)).not.toMatch(/\bimport\b|\brequire\b/);
  });

  it('is what `cloudmeetx/client` is, in a runtime without anything of Node', () => {
    const script = `
      for (const name of ['process', 'Buffer', 'setImmediate', 'global']) delete globalThis[name];
      const { createMeetingClient, MeetingError } = await import('cloudmeetx/client');
      const options = { url: 'ws://meet.example/production', meetingId: 'standup' };
      const client = createMeetingClient({ ...options, webSocket: class { send() {} close() {} } });
      console.log(client.state.status, new MeetingError('code', 'message').code);
      client.close();`;
    const stdout = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stdout).toBe('connecting code\n');
  });
});

describe('the names that the bundle makes short', async () => {
  const script: string = '../../scripts/clientNames.mjs';
  const { innerNames } = (await import(script)) as { readonly innerNames: readonly string[] };
  const read = (files: readonly string[]) => files.map((file) => readFileSync(file, 'utf8')).join('\n');
  const within = (folder: string) =>
    readdirSync(folder)
      .filter((name) => /(?<!\.test)\.ts$/.test(name))
      .map((name) => `${folder}/${name}`);
  // Where an exported type is declared, nothing is but what others may use.
  const exported = [...read(['src/client/index.ts']).matchAll(/from '\.\/(.+)'/g)]
    .map(([, name]) => name)
    .filter((name) => name !== 'createMeetingClient.ts');
  const outer = read([...within('src/protocol'), ...exported.map((name) => `src/client/${name}`)]);
  const inner = read(within('src/client'));
  const builtIn = [
    Array,
    Error,
    Function,
    Map,
    Number,
    Object,
    Promise,
    RegExp,
    Set,
    String,
    URL,
    URLSearchParams,
  ]
    .flatMap((type) => [type, type.prototype])
    .concat([Math, JSON, globalThis, [].values(), performance, console] as never[]);

  it('are nobody else’s: not on the wire, not of the public interface, not built in', () => {
    const declares = (name: string) =>
      new RegExp(`^\\s*(readonly )?${name}\\??[:(<]|[{,] ${name}\\??:`, 'm').test(outer);
    expect(innerNames.filter(declares)).toEqual([]);
    expect(innerNames.filter((name) => builtIn.some((object) => name in object))).toEqual([]);
  });

  it('are all in use', () => {
    expect(innerNames.filter((name) => !new RegExp(`[.{ ]${name}\\b`).test(inner))).toEqual([]);
  });
});

const consumer = `
import { createMeetingClient, MeetingError, type ChatMessage, type ClientState } from 'cloudmeetx/client';
import { useChat, useMeetingClient, usePeers } from 'cloudmeetx/react';

const client = createMeetingClient({ url: 'wss://meet.example/production', meetingId: 'standup', webSocket: WebSocket });
client.on('chat', (chat: ChatMessage) => chat.seq.toFixed());
client.on('stateChange', (state: ClientState) => state.status === 'closed' && state.reason.trim());
client.on('participantJoined', ({ userId }) => client.send({ userId }, 'note', {}));
client.history().then(({ entries }) => entries.map((entry) => entry.type === 'chat' && entry.from.userName.trim()));
client.sendChat('hello').catch((error: unknown) => error instanceof MeetingError && error.code === 'no_reply');
export function use() {
  const own = useMeetingClient({ url: 'wss://meet.example/production', meetingId: 'standup' });
  const { entries, history } = useChat(own ?? client);
  const [peer] = usePeers({ peers: [{ userId: 'bob' }], on: () => () => {} });
  return [entries[0]?.own, history === 'more', peer?.userId.trim()];
}

// @ts-expect-error: there is no such event
client.on('nothing', () => {});
// @ts-expect-error: nobody is meant
client.signal({}, 'offer');
// @ts-expect-error: a meeting is missing
createMeetingClient({ url: 'wss://meet.example/production' });
`;

describe('the client’s types', () => {
  it.each([
    ['node20', 'NodeNext'],
    ['preserve', 'Bundler'],
  ])('serve a program of module %s', (module, moduleResolution) => {
    mkdirSync('dist/test', { recursive: true });
    const folder = mkdtempSync(resolve('dist/test/consumer-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const compilerOptions = {
      ...{
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        target: 'ES2022',
        lib: ['ES2023', 'DOM'],
        types: [],
      },
      ...{ module: module === 'node20' ? 'NodeNext' : module, moduleResolution },
    };
    writeFileSync(join(folder, 'consumer.ts'), consumer);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['consumer.ts'] }),
    );
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });
});
