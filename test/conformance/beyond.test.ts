import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MessageEvent } from '../../src/gateway/events.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { echo, recorder } from '../harness/integrations.ts';
import { RawClient } from '../harness/RawClient.ts';
import { encodeFrame, opcodes } from '../harness/rawFrames.ts';
import { endOf, startRecordingGateway } from '../harness/recordingGateway.ts';
import { TestClient } from '../harness/TestClient.ts';

const connectionIds = (events: readonly { requestContext: { connectionId: string } }[]) =>
  events.map(({ requestContext }) => requestContext.connectionId);

async function roundTrip(client: RawClient, text = 'hello'): Promise<void> {
  client.sendFrame({ payload: text });
  expect(await client.nextText()).toBe(text);
}

describe('pings', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('[GO2] cut off a peer that was silent since the last one, and no other', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { url, $connect, $disconnect } = await startRecordingGateway({
      pingIntervalMs: 20_000,
      messages: { $default: echo },
    });
    const clients = [
      await RawClient.open(url),
      await RawClient.open(url),
      await RawClient.open(url),
    ] as const;
    const [silent, answering, talking] = clients;
    const [silentId] = connectionIds($connect.events);

    vi.advanceTimersByTime(20_000);
    for (const client of clients) expect(await client.nextFrame()).toMatchObject({ opcode: opcodes.ping });
    answering.sendFrame({ opcode: opcodes.pong });
    await roundTrip(talking);
    expect($disconnect.events).toEqual([]);
    vi.advanceTimersByTime(20_000);

    expect(await silent.closed).toBeUndefined();
    const event = await $disconnect.next();
    expect(event.requestContext.connectionId).toBe(silentId);
    expect(endOf(event)).toEqual({ code: 1006, reason: '' });
    for (const client of [answering, talking]) {
      expect(await client.nextFrame()).toMatchObject({ opcode: opcodes.ping });
      await roundTrip(client);
    }
    expect($disconnect.events).toHaveLength(1);
  });

  it('[GO2] are answered by an ordinary client, which stays', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { url } = await startRecordingGateway({ pingIntervalMs: 20_000, messages: { $default: echo } });
    const [client, witness] = [await TestClient.connect(url), await RawClient.open(url)];

    for (let pings = 0; pings < 3; pings++) {
      const pinged = new Promise((resolve) => client.socket.once('ping', resolve));
      vi.advanceTimersByTime(20_000);
      await pinged;
      await witness.nextFrame();
      // By the time that this is answered, the pong has come, too.
      await roundTrip(witness);
    }

    expect(await client.request('still here')).toBe('still here');
  });
});

it('[GO3] does not read from a connection while 256 of its messages are being handled', async () => {
  const release = deferred();
  const $default = recorder<MessageEvent>(() => release.promise);
  const { url } = await startGateway({ routes: { messages: { echo, $default: $default.route } } });
  const [busy, other] = [await RawClient.open(url), await RawClient.open(url)];
  const messages = Array.from({ length: 300 }, (_, index) => `message ${index}`);
  const send = (bodies: string[]) =>
    busy.sendBytes(Buffer.concat(bodies.map((payload) => encodeFrame({ payload }))));
  const beenBusy = async () => {
    for (let trips = 0; trips < 10; trips++) await roundTrip(other, `{"action":"echo","trip":${trips}}`);
  };

  send(messages.slice(0, 255));
  for (let started = 0; started < 255; started++) await $default.next();
  send(messages.slice(255, 256));
  await $default.next();
  send(messages.slice(256));
  await beenBusy();
  expect($default.events).toHaveLength(256);

  release.resolve();
  for (let started = 256; started < 300; started++) await $default.next();
  expect($default.events.map(({ body }) => body)).toEqual(messages);
});

it('[GO3] handles no more than 256 of those that came in the same bytes', async () => {
  const release = deferred();
  const $default = recorder<MessageEvent>(() => release.promise);
  const { url } = await startGateway({ routes: { messages: { echo, $default: $default.route } } });
  const [busy, other] = [await RawClient.open(url), await RawClient.open(url)];
  const messages = Array.from({ length: 8000 }, (_, index) => `${index}`);

  busy.sendBytes(Buffer.concat(messages.map((payload) => encodeFrame({ payload }))));
  for (let started = 0; started < 256; started++) await $default.next();
  for (let trips = 0; trips < 10; trips++) await roundTrip(other, `{"action":"echo","trip":${trips}}`);
  expect($default.events).toHaveLength(256);

  release.resolve();
  for (let started = 256; started < 8000; started++) await $default.next();
  expect($default.events.map(({ body }) => body)).toEqual(messages);
});

it('[GO3] reads on while 255 are being handled', async () => {
  const release = deferred();
  const $default = recorder<MessageEvent>(() => release.promise);
  const { url } = await startGateway({ routes: { messages: { echo, $default: $default.route } } });
  const client = await RawClient.open(url);

  client.sendBytes(Buffer.concat(Array.from({ length: 254 }, () => encodeFrame({ payload: 'wait' }))));

  await roundTrip(client, '{"action":"echo"}');
  expect($default.events).toHaveLength(254);
  release.resolve();
});

describe('plain HTTP', () => {
  const statusOf = async (port: number, path: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).status;

  it('[GO4] outside the stage goes to the fallback', async () => {
    const { port } = await startGateway({
      routes: { messages: {} },
      fallback: (request, response) => response.end(`the page at ${request.url}`),
    });

    const response = await fetch(`http://127.0.0.1:${port}/index.html?a=b`);

    expect(await response.text()).toBe('the page at /index.html?a=b');
    expect(await statusOf(port, '/productions')).toBe(200);
    expect(await statusOf(port, '/production')).toBe(426);
    expect(await statusOf(port, '/production/x')).toBe(403);
  });

  it('[GO4] goes to the fallback also with an upgrade to something else, or with an absolute target', async () => {
    const { url } = await startGateway({
      routes: { messages: {} },
      fallback: (_request, response) => response.writeHead(200, { 'content-length': 2 }).end('ok'),
    });
    const offers = {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABkAAQCAAAA',
    };
    const upgrading = await RawClient.refused(url, { target: '/healthz', headers: offers });
    expect(upgrading).toMatchObject({ statusCode: 200, body: 'ok' });
    const headers = { Connection: undefined, Upgrade: undefined };
    const absolute = await RawClient.refused(url, { target: 'http://127.0.0.1/healthz?a=b', headers });
    expect(absolute).toMatchObject({ statusCode: 200, body: 'ok' });
  });

  it('[GO4] outside the stage is 403 without a fallback', async () => {
    const { port } = await startGateway({ routes: { messages: {} } });

    expect(await statusOf(port, '/')).toBe(403);
    expect(await statusOf(port, '/index.html')).toBe(403);
  });
});
