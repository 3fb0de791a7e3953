import { expect, it } from 'vitest';
import type { RawClient } from '../../harness/RawClient.ts';
import { encodeFragments, opcodes } from '../../harness/rawFrames.ts';
import { meetingStage } from '../../harness/stage.ts';

const FRAME_BYTES = 32 * 1024;
const MESSAGE_BYTES = 128 * 1024;

/** What the backend, not the gateway, says of a text that is no JSON. */
async function expectHandled(client: RawClient): Promise<void> {
  expect(JSON.parse((await client.nextText()) ?? '{}')).toMatchObject({
    type: 'error',
    code: 'invalid_json',
  });
}

it('[GL1] a binary frame closes the connection with 1003', async (test) => {
  const client = await (await meetingStage(test)).open();

  client.sendFrame({ payload: 'before' });
  await expectHandled(client);
  client.sendFrame({ opcode: opcodes.binary, payload: '{"action":"sendMessage"}' });

  expect(await client.closed).toMatchObject({ code: 1003 });
});

it('[GL2] a frame of 32 KB is handled, one byte more closes the connection with 1009', async (test) => {
  const client = await (await meetingStage(test)).open();
  const text = 'x'.repeat(FRAME_BYTES);

  client.sendFrame({ payload: text });
  await expectHandled(client);
  client.sendFrame({ payload: `${text}x` });

  expect(await client.closed).toMatchObject({ code: 1009 });
});

it('[GL2] a message of 128 KB is handled, one byte more closes the connection with 1009', async (test) => {
  const client = await (await meetingStage(test)).open();
  const text = 'x'.repeat(MESSAGE_BYTES);

  client.sendBytes(encodeFragments(text, FRAME_BYTES));
  await expectHandled(client);
  client.sendBytes(encodeFragments(`${text}x`, FRAME_BYTES));

  expect(await client.closed).toMatchObject({ code: 1009 });
});

it.for([100, 1000, 4096])(
  '[GL2] 100 KB in fragments of %i bytes are one message',
  async (frameBytes, test) => {
    const client = await (await meetingStage(test)).open();

    client.sendBytes(encodeFragments('é'.repeat(50 * 1024), frameBytes));

    await expectHandled(client);
    client.sendFrame({ payload: 'and this is another' });
    await expectHandled(client);
  },
);
