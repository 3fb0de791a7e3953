import { expect, it } from 'vitest';
import { eventOf, hearsNothing, probeStage } from '../../harness/stage.ts';

const MESSAGE_BYTES = 128 * 1024;

it('[GI1] handles messages of one connection in parallel, and sends results in the order of finishing', async (test) => {
  const stage = await probeStage(test);
  const client = await stage.connect();

  client.send({ action: 'play', play: { sleepMs: 1500, result: { body: 'slow' } } });
  client.send({ action: 'play', play: { result: { body: 'quick' } } });

  expect(await client.nextText()).toBe('quick');
  await stage.pass(1500);
  expect(await client.nextText()).toBe('slow');
});

it.for([200, 201, 301, 401, 500, undefined, 'none'])(
  '[GI2] sends the body back with a statusCode of %s',
  async (statusCode, test) => {
    const client = await (await probeStage(test)).connect();

    client.send({ action: 'play', play: { result: { statusCode, headers: { a: 'b' }, body: 'done' } } });

    expect(await client.nextText()).toBe('done');
  },
);

it.for([200, 401, 500])(
  '[GI2] sends nothing back where no route response is configured (%i)',
  async (statusCode, test) => {
    const client = await (await probeStage(test)).connect();

    client.send({ action: 'quiet', play: { result: { statusCode, body: 'done' } } });

    await hearsNothing(client);
  },
);

it.for([
  [null],
  ['done'],
  [{}],
  [{ statusCode: 200 }],
  [{ body: null }],
  [{ body: 1 }],
  [{ body: { text: 'done' } }],
])('[GI2] sends nothing back of the result %j, which has no body of text', async ([result], test) => {
  const client = await (await probeStage(test)).connect();

  client.send({ action: 'play', play: { result } });

  await hearsNothing(client);
});

it.for(['quiet', 'play'])(
  '[GI3] answers a throw on the route %s to the byte, tells nothing of it and stays',
  async (action, test) => {
    const { client, connectionId } = await (await probeStage(test)).connectKnown();

    client.send({ action, play: { throws: 'password is swordfish' } });

    const frame = await client.nextText();
    const id = /"requestId":"([\w-]{15}=)"/.exec(frame)?.[1];
    expect(frame).toBe(
      `{"message": "Internal server error", "connectionId":"${connectionId}", "requestId":"${id}"}`,
    );
    expect(await eventOf(client)).toHaveProperty('body');
  },
);

it('[GI4] answers after 29 s to the byte, lets the handler run on and drops its result', async (test) => {
  const stage = await probeStage(test);
  stage.takes(1);
  const marginMs = stage.margin(2000);
  const { client, connectionId } = await stage.connectKnown();

  client.send({ action: 'play', play: { sleepMs: 34_000, result: { body: 'too late' } } });
  expect(await eventOf(client)).toHaveProperty('body');
  await stage.pass(29_000 - marginMs);
  expect(await eventOf(client)).toHaveProperty('body');
  await stage.pass(marginMs);

  const frame = await client.nextText();
  const id = /"requestId":"([\w-]{15}=)"/.exec(frame)?.[1];
  expect(frame).toBe(
    `{"message": "Endpoint request timed out", "connectionId":"${connectionId}", "requestId":"${id}"}`,
  );
  await stage.pass(5000 + marginMs);
  expect(await eventOf(client)).toHaveProperty('body');
}, 60_000);

it('[GL7] sends a route response of 128 KB, and Internal server error in the place of a larger one', async (test) => {
  const client = await (await probeStage(test)).connect();

  client.send({ action: 'play', play: { bytes: MESSAGE_BYTES } });
  expect(Buffer.byteLength(await client.nextText())).toBe(MESSAGE_BYTES);

  expect(await client.request({ action: 'play', play: { bytes: MESSAGE_BYTES + 1 } })).toMatchObject({
    message: 'Internal server error',
  });
});
