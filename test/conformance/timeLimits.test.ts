import { expect, it } from 'vitest';
import { echo } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { RawClient } from '../harness/RawClient.ts';
import { opcodes } from '../harness/rawFrames.ts';
import { endOf, startRecordingGateway } from '../harness/recordingGateway.ts';

const MINUTE_MS = 60_000;

async function connect() {
  const clock = new ManualClock();
  const { gateway, url, $connect, $disconnect } = await startRecordingGateway({
    clock,
    messages: { $default: echo },
  });
  const client = await RawClient.open(url);
  const { connectionId } = (await $connect.next()).requestContext;
  const roundTrip = async () => {
    client.sendFrame({ payload: 'hello' });
    expect(await client.nextText()).toBe('hello');
  };
  return { clock, gateway, client, connectionId, $disconnect, roundTrip };
}

it('[GL3] 10 minutes without a message close the connection with 1001', async () => {
  const { clock, client, $disconnect } = await connect();

  clock.advance(10 * MINUTE_MS);

  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  expect(endOf(await $disconnect.next())).toEqual({ code: 1001, reason: 'Going away' });
});

it('[GL3] a message from the client begins the 10 minutes anew', async () => {
  const { clock, client, roundTrip } = await connect();

  clock.advance(10 * MINUTE_MS - 1);
  await roundTrip();
  clock.advance(10 * MINUTE_MS - 1);
  await roundTrip();
  clock.advance(10 * MINUTE_MS);

  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
});

it('[GL3] a message to the client begins them anew, too', async () => {
  const { clock, gateway, client, connectionId, roundTrip } = await connect();

  clock.advance(9 * MINUTE_MS);
  expect(gateway.send([connectionId], 'news')).toEqual(['sent']);
  expect(await client.nextText()).toBe('news');
  clock.advance(9 * MINUTE_MS);

  await roundTrip();
});

it('[GL3] pings do not count', async () => {
  const { clock, client } = await connect();

  clock.advance(10 * MINUTE_MS - 1);
  client.sendFrame({ opcode: opcodes.ping, payload: 'alive' });
  expect(await client.nextFrame()).toMatchObject({ opcode: opcodes.pong });
  clock.advance(1);

  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
});

it('[GL4] 2 hours close the connection with 1001, however busy it is', async () => {
  const { clock, client, $disconnect, roundTrip } = await connect();

  // Every 7 minutes, so that the idle limit doesn't happen to be looked at when the 2 hours are over.
  for (let minutes = 7; minutes < 120; minutes += 7) {
    clock.advance(7 * MINUTE_MS);
    await roundTrip();
  }
  clock.advance(MINUTE_MS - 1);
  await roundTrip();
  clock.advance(1);

  expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  expect(endOf(await $disconnect.next())).toEqual({ code: 1001, reason: 'Going away' });
});
