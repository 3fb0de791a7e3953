import { expect, it } from 'vitest';
import { eventOf, meetingStage, probeStage } from '../../harness/stage.ts';
import type { Frame } from '../../harness/TestClient.ts';

/** What only `$default` answers. */
const fromDefault: Frame = {
  type: 'error',
  details: { actions: expect.arrayContaining(['sendMessage']) },
};

it('[GR1] takes a message to the route that its action names', async (test) => {
  const client = await (await meetingStage(test)).connect();

  const answer = await client.requestText('{"data":"without a target","action":"sendMessage"}');

  expect(answer).toMatchObject({ type: 'error', code: 'missing_target' });
});

it.for([
  '"SendMessage"',
  '"sendMessage "',
  '"send"',
  '"toString"',
  '1',
  'true',
  '["sendMessage"]',
  '{"a":1}',
])('[GR1] takes a message with the action %s to $default', async (action, test) => {
  const client = await (await meetingStage(test)).connect();

  expect(await client.requestText(`{"action":${action},"data":1}`)).toMatchObject(fromDefault);
});

it.for([
  'hello',
  '',
  '{"action":"sendMessage"',
  '{action:"sendMessage"}',
  '"sendMessage"',
  '1',
  'null',
  '[]',
  '{}',
  '{"Action":"sendMessage"}',
  '{"action":null}',
  '{"action":""}',
  '{"body":{"action":"sendMessage"}}',
])('[GR2] takes %s to $default', async (text, test) => {
  const client = await (await meetingStage(test)).connect();

  expect(await client.requestText(text)).toMatchObject(fromDefault);
});

it.for(['$connect', '$disconnect', '$default'])(
  '[GR3] takes the action %s to $default',
  async (action, test) => {
    const client = await (await meetingStage(test)).connect();

    expect(await client.request({ action })).toMatchObject(fromDefault);
  },
);

it.for(['{"action":"jump"}', 'hello', '{"action":"$connect"}', '{"action":"$disconnect"}'])(
  '[GR3][GR4] answers %s with Forbidden to the byte, without a route for it, and stays',
  async (text, test) => {
    const { client, connectionId } = await (await probeStage(test)).connectKnown();

    const frames: string[] = [];
    for (let times = 0; times < 2; times++) {
      client.sendText(text);
      frames.push(await client.nextText());
    }

    for (const frame of frames) {
      const id = /"requestId":"([\w-]{15}=)"/.exec(frame)?.[1];
      expect(frame).toBe(`{"message": "Forbidden", "connectionId":"${connectionId}", "requestId":"${id}"}`);
    }
    expect(frames[0]).not.toBe(frames[1]);
    expect((await eventOf(client)).requestContext.connectionId).toBe(connectionId);
  },
);
