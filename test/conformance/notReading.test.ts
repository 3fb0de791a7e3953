import { describe, expect, it } from 'vitest';
import { echo } from '../harness/integrations.ts';
import { RawClient } from '../harness/RawClient.ts';
import { encodeFrame, opcodes } from '../harness/rawFrames.ts';
import { endOf, startRecordingGateway } from '../harness/recordingGateway.ts';

const connectionIds = (events: readonly { requestContext: { connectionId: string } }[]) =>
  events.map(({ requestContext }) => requestContext.connectionId);

async function roundTrip(client: RawClient, text = 'hello'): Promise<void> {
  client.sendFrame({ payload: text });
  expect(await client.nextText()).toBe(text);
}

describe('a client that reads', () => {
  it('[GO1] keeps its connection, however much comes for it in one turn', async () => {
    const { gateway, connect } = await startRecordingGateway();
    const { client, connectionId } = await connect();
    const text = 'x'.repeat(64 * 1024);
    const outcomes = Array.from({ length: 24 }, () => gateway.send([connectionId], text)).flat();
    expect(outcomes).toEqual(Array(24).fill('sent'));
    for (const _ of outcomes) expect(await client.nextText()).toBe(text);
  });
});

describe('a client that does not read', () => {
  const text = 'x'.repeat(64 * 1024);

  it('[GO1] is cut off when 1 MiB waits for it, and nobody else notices', async () => {
    const { gateway, url, $connect, $disconnect } = await startRecordingGateway({
      messages: { $default: echo },
    });
    const [deaf, healthy] = [await RawClient.open(url), await RawClient.open(url)];
    const [deafId = '', healthyId = ''] = connectionIds($connect.events);

    deaf.pause();
    const outcomes = ['sent'];
    while (outcomes.at(-1) === 'sent') {
      outcomes.push(...gateway.send([deafId], text));
      // The operating system takes a few MB before anything waits here.
      expect(outcomes.length).toBeLessThan(2000);
    }
    outcomes.push(...gateway.send([deafId, healthyId], 'news'));

    expect(outcomes.slice(-3)).toEqual(['failed', 'gone', 'sent']);
    expect(await healthy.nextText()).toBe('news');
    await roundTrip(healthy);
    const event = await $disconnect.next();
    expect(event.requestContext.connectionId).toBe(deafId);
    expect(endOf(event)).toEqual({ code: 1006, reason: '' });
    deaf.resume();
    expect(await deaf.closed).toBeUndefined();
    await roundTrip(healthy);
  });

  it('[GO1] is cut off by what its own messages and pings bring it', async () => {
    const { url, $disconnect } = await startRecordingGateway({ messages: { $default: echo } });
    const [deaf, pinging] = [await RawClient.open(url), await RawClient.open(url)];
    const message = encodeFrame({ payload: 'x'.repeat(32 * 1024) });
    const ping = encodeFrame({ opcode: opcodes.ping, payload: 'x'.repeat(125) });

    deaf.pause();
    keepSending(deaf, message);
    expect(endOf(await $disconnect.next())).toEqual({ code: 1006, reason: '' });
    pinging.pause();
    keepSending(pinging, Buffer.concat(Array.from({ length: 500 }, () => ping)));

    expect(endOf(await $disconnect.next())).toEqual({ code: 1006, reason: '' });
  });

  it('[GO1] is left alone while less than 1 MiB waits for it', async () => {
    const { gateway, url, $connect } = await startRecordingGateway({ messages: { $default: echo } });
    const client = await RawClient.open(url);
    const ids = connectionIds($connect.events);

    client.pause();
    for (let sent = 0; sent < 15; sent++) expect(gateway.send(ids, text)).toEqual(['sent']);
    client.resume();
    for (let received = 0; received < 15; received++) expect(await client.nextText()).toBe(text);

    await roundTrip(client);
  });
});

/** Sends the same bytes again and again until the socket has closed. */
function keepSending(client: RawClient, bytes: Buffer): void {
  const send = () => {
    if (!client.socket.writable) return;
    client.socket.write(bytes, () => setImmediate(send));
  };
  send();
}
