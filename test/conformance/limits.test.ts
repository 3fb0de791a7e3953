import { describe, expect, it } from 'vitest';
import type { MessageEvent } from '../../src/gateway/events.ts';
import { startGateway } from '../harness/gateway.ts';
import { echo, recorder, twoWay } from '../harness/integrations.ts';
import { RawClient } from '../harness/RawClient.ts';
import { encodeFragments, encodeFrame, opcodes } from '../harness/rawFrames.ts';
import { endOf, startRecordingGateway } from '../harness/recordingGateway.ts';
import { TestClient } from '../harness/TestClient.ts';

const FRAME_BYTES = 32 * 1024;
const MESSAGE_BYTES = 128 * 1024;

describe('what a client sends', () => {
  it('[GL1] a binary frame closes the connection with 1003, and is not handled', async () => {
    const { url, $default, $disconnect } = await startRecordingGateway();
    const client = await RawClient.open(url);

    const frames = [
      { payload: 'before' },
      { opcode: opcodes.binary, payload: 'binary' },
      { payload: 'after' },
    ];
    client.sendBytes(Buffer.concat(frames.map(encodeFrame)));

    expect(await client.closed).toEqual({ code: 1003, reason: 'Binary frames are not supported' });
    expect(endOf(await $disconnect.next())).toEqual({
      code: 1003,
      reason: 'Binary frames are not supported',
    });
    expect($default.events.map(({ body }) => body)).toEqual(['before']);
  });

  it('[GL2] a frame of 32 KB is handled, one byte more closes the connection with 1009', async () => {
    const { url, $disconnect } = await startRecordingGateway({ messages: { $default: echo } });
    const client = await RawClient.open(url);
    const text = 'x'.repeat(FRAME_BYTES);

    client.sendFrame({ payload: text });
    expect(await client.nextText()).toBe(text);
    client.sendFrame({ payload: `${text}x` });

    expect(await client.closed).toMatchObject({ code: 1009 });
    expect(endOf(await $disconnect.next())).toEqual({ code: 1009, reason: 'Message too big' });
  });

  it('[GL2] a frame over 32 KB closes the connection even when it ends a message', async () => {
    const { url, $default } = await startRecordingGateway();
    const client = await RawClient.open(url);

    client.sendFrame({ payload: 'small', fin: false });
    client.sendFrame({ payload: 'x'.repeat(FRAME_BYTES + 1), opcode: opcodes.continuation });

    expect(await client.closed).toMatchObject({ code: 1009 });
    expect($default.events).toEqual([]);
  });

  it('[GL2] a message of 128 KB is handled, one byte more closes the connection with 1009', async () => {
    const { url, $disconnect } = await startRecordingGateway({ messages: { $default: echo } });
    const client = await RawClient.open(url);
    const text = 'x'.repeat(MESSAGE_BYTES);

    client.sendBytes(encodeFragments(text, FRAME_BYTES));
    expect(await client.nextText()).toBe(text);
    client.sendBytes(encodeFragments(`${text}x`, FRAME_BYTES));

    expect(await client.closed).toMatchObject({ code: 1009 });
    expect(endOf(await $disconnect.next())).toEqual({ code: 1009, reason: 'Message too big' });
  });

  it.for([100, 1000, 4096])('[GL2] 100 KB in fragments of %i bytes are one message', async (frameBytes) => {
    const { url } = await startGateway({ routes: { messages: { $default: echo } } });
    const client = await RawClient.open(url);
    const text = 'é'.repeat(50 * 1024);

    client.sendBytes(encodeFragments(text, frameBytes));

    expect(await client.nextText()).toBe(text);
  });

  it('[GL2] what came whole before an oversize frame is still handled, what comes behind it is not', async () => {
    const { url, $default, $disconnect } = await startRecordingGateway();
    const client = await RawClient.open(url);

    const small = ['one', 'two', 'three'].map((payload) => encodeFrame({ payload }));
    const oversize = encodeFrame({ payload: 'x'.repeat(FRAME_BYTES + 1) });
    client.sendBytes(Buffer.concat([...small, oversize, encodeFrame({ payload: 'behind' })]));

    expect(await client.closed).toMatchObject({ code: 1009 });
    await $disconnect.next();
    expect($default.events.map(({ body }) => body)).toEqual(['one', 'two', 'three']);
  });
});

describe('what is sent to a client', () => {
  // Of two bytes each: what counts are bytes.
  const largest = 'é'.repeat(MESSAGE_BYTES / 2);

  it('[GL7] a post over 128 KB fails and is not sent', async () => {
    const { gateway, url, $connect } = await startRecordingGateway();
    const client = await TestClient.connect(url);
    const { connectionId } = (await $connect.next()).requestContext;

    expect(gateway.send([connectionId], `${largest}!`)).toEqual(['failed']);
    expect(gateway.send([connectionId], largest)).toEqual(['sent']);
    expect(await client.nextText()).toBe(largest);
  });

  it('[GL7] a route response over 128 KB becomes Internal server error', async () => {
    const inflating = recorder<MessageEvent>(async ({ body }) => ({ body: largest + body }));
    const { url } = await startGateway({
      routes: { messages: { $default: twoWay(inflating.route.integration) } },
    });
    const client = await TestClient.connect(url);

    client.sendText('!');
    const { connectionId, requestId } = (await inflating.next()).requestContext;
    expect(await client.nextText()).toBe(
      `{"message": "Internal server error", "connectionId":"${connectionId}", "requestId":"${requestId}"}`,
    );

    client.sendText('');
    expect(await client.nextText()).toBe(largest);
  });
});
