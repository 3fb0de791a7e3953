import { describe, expect, it } from 'vitest';
import { startGateway } from '../harness/gateway.ts';
import { echo } from '../harness/integrations.ts';
import { RawClient } from '../harness/RawClient.ts';
import { closePayload, encodeFrame, opcodes } from '../harness/rawFrames.ts';
import { endOf, startRecordingGateway } from '../harness/recordingGateway.ts';
import { TestClient } from '../harness/TestClient.ts';

describe('a client that closes', () => {
  it('[GC1] is told when its socket has closed, not before', async () => {
    const { gateway, url, $connect, $disconnect } = await startRecordingGateway({
      messages: { $default: echo },
    });
    const [leaving, staying] = [await RawClient.open(url), await RawClient.open(url)];
    const { connectionId } = (await $connect.next()).requestContext;

    leaving.pause();
    gateway.disconnect(connectionId);
    staying.sendFrame({ payload: 'meanwhile' });
    expect(await staying.nextText()).toBe('meanwhile');
    expect($disconnect.events).toEqual([]);
    expect(gateway.connectionCount).toBe(2);
    leaving.resume();

    expect((await $disconnect.next()).requestContext.connectionId).toBe(connectionId);
    expect(gateway.connectionCount).toBe(1);
    expect(gateway.send([connectionId], 'hello?')).toEqual(['gone']);
  });

  it('[GC1] is told even when it broke the protocol, with the code that it was told', async () => {
    const { url, $disconnect } = await startRecordingGateway();
    const client = await RawClient.open(url);

    client.sendFrame({ payload: 'unmasked', masked: false });

    expect(await client.closed).toEqual({ code: 1002, reason: '' });
    expect(endOf(await $disconnect.next())).toEqual({ code: 1002, reason: '' });
  });

  it('[GC1] may close without a $disconnect route', async () => {
    const { url } = await startGateway({ routes: { messages: { $default: echo } } });
    await (await TestClient.connect(url)).close();

    expect(await (await TestClient.connect(url)).request('next')).toBe('next');
  });
});

it('[GC2] closes with 1000 when the backend deletes the connection, and tells it so', async () => {
  const { gateway, url, $connect, $disconnect } = await startRecordingGateway();
  const client = await TestClient.connect(url);
  const { connectionId } = (await $connect.next()).requestContext;

  gateway.send([connectionId], 'farewell');
  const outcomes = [gateway.disconnect(connectionId), gateway.disconnect(connectionId)];

  expect(outcomes).toEqual(['sent', 'gone']);
  expect(await client.nextText()).toBe('farewell');
  const end = { code: 1000, reason: 'Connection Closed Normally' };
  expect(await client.closed).toEqual(end);
  expect(endOf(await $disconnect.next())).toEqual(end);
});

it('[GC2] answers Gone when the backend deletes what is not there', async () => {
  const { gateway } = await startRecordingGateway();

  expect(gateway.disconnect('AAAAAAAAAAACAAA=')).toBe('gone');
});

it('[GC3] tells half a close frame as 1006', async () => {
  const { url, $disconnect } = await startRecordingGateway();
  const client = await RawClient.open(url);

  client.sendBytes(encodeFrame({ opcode: opcodes.close, payload: closePayload(4000, 'bye') }).subarray(0, 5));
  client.end();

  expect(endOf(await $disconnect.next())).toEqual({ code: 1006, reason: '' });
});
