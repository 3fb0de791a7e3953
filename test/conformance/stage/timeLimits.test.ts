import { once } from 'node:events';
import { expect, it, type TestContext } from 'vitest';
import { meetingStage } from '../../harness/stage.ts';

const MINUTE_MS = 60_000;

/** A client of a stage on which the test may spend so many minutes. Observed on AWS: closed after 603.9 s. */
async function connect(test: TestContext, minutes: number) {
  const stage = await meetingStage(test);
  stage.takes(minutes);
  const marginMs = stage.margin(20_000);
  // It answers pings, in case that the stage sends any: ours does.
  const client = await stage.connect();
  const roundTrip = async () => {
    expect(await client.requestText('hello')).toMatchObject({ code: 'invalid_json' });
  };
  return { stage, marginMs, client, roundTrip };
}

it(
  '[GL3] 10 minutes without a message close the connection with 1001',
  async (test) => {
    const { stage, marginMs, client } = await connect(test, 11);

    await stage.pass(10 * MINUTE_MS - marginMs);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await stage.pass(marginMs);

    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  },
  12 * MINUTE_MS,
);

it(
  '[GL3] a message from the client begins the 10 minutes anew',
  async (test) => {
    const { stage, marginMs, client, roundTrip } = await connect(test, 31);

    await stage.pass(10 * MINUTE_MS - marginMs);
    await roundTrip();
    await stage.pass(10 * MINUTE_MS - marginMs);
    await roundTrip();
    await stage.pass(10 * MINUTE_MS);

    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  },
  32 * MINUTE_MS,
);

it(
  '[GL3] a message to the client begins them anew, too',
  async (test) => {
    const { stage, client, roundTrip } = await connect(test, 19);

    await stage.pass(9 * MINUTE_MS);
    const other = await stage.connect({ userId: 'other' });
    other.send({ action: 'sendMessage', targetUserId: 'conformance', data: 'news' });
    expect(await client.next()).toMatchObject({ data: 'news' });
    await stage.pass(9 * MINUTE_MS);

    await roundTrip();
  },
  20 * MINUTE_MS,
);

it(
  '[GL3] pings do not count',
  async (test) => {
    const { stage, marginMs, client } = await connect(test, 11);

    await stage.pass(10 * MINUTE_MS - marginMs);
    const answered = once(client.socket, 'pong');
    client.socket.ping('alive');
    await answered;
    await stage.pass(marginMs);

    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  },
  12 * MINUTE_MS,
);

it(
  '[GL4] 2 hours close the connection with 1001, however busy it is',
  async (test) => {
    const { stage, marginMs, client, roundTrip } = await connect(test, 121);

    // Every 7 minutes, so that the idle limit doesn't happen to be looked at when the 2 hours are over.
    for (let minutes = 7; minutes < 120; minutes += 7) {
      await stage.pass(7 * MINUTE_MS);
      await roundTrip();
    }
    await stage.pass(MINUTE_MS - marginMs);
    await roundTrip();
    await stage.pass(marginMs);

    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  },
  125 * MINUTE_MS,
);
