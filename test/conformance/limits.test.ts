import { describe, expect, it } from 'vitest';
import { RawClient } from '../harness/RawClient.ts';
import { encodeFrame, opcodes } from '../harness/rawFrames.ts';
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

  it('[GL2] a frame over 32 KB closes the connection even when it ends a message', async () => {
    const { url, $default } = await startRecordingGateway();
    const client = await RawClient.open(url);

    client.sendFrame({ payload: 'small', fin: false });
    client.sendFrame({ payload: 'x'.repeat(FRAME_BYTES + 1), opcode: opcodes.continuation });

    expect(await client.closed).toMatchObject({ code: 1009 });
    expect($default.events).toEqual([]);
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
});
