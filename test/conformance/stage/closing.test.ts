import { expect, it } from 'vitest';
import type { DisconnectEvent } from '../../../src/gateway/events.ts';
import { encodeFragments, encodeFrame, opcodes } from '../../harness/rawFrames.ts';
import { endOf } from '../../harness/recordingGateway.ts';
import { eventOf, probeStage, type Watcher, watch } from '../../harness/stage.ts';

const MINUTE_MS = 60_000;

/** What `$disconnect` was told, after `$connect`. */
async function endSeenBy(watcher: Watcher) {
  const [connected, disconnected] = [await watcher.next(), await watcher.next()];
  const { connectionId } = connected.event.requestContext;
  expect(disconnected.event.requestContext).toMatchObject({ connectionId, eventType: 'DISCONNECT' });
  return endOf(disconnected.event as DisconnectEvent);
}

it.for([
  [1000, 'bye', { code: 1000, reason: 'bye' }],
  [1001, '', { code: 1001, reason: '' }],
  [4999, 'so long, José', { code: 4999, reason: 'so long, José' }],
  [undefined, '', { code: 1005, reason: 'Client-side close frame status not set' }],
] as const)('[GC1] a close with %s "%s" is told to $disconnect', async ([code, reason, end], test) => {
  const stage = await probeStage(test);
  const watcher = await watch(stage);
  const client = await stage.connect(watcher.query);

  await client.close(code, reason);

  expect(await endSeenBy(watcher)).toEqual(end);
});

it.for(['destroy', 'end'] as const)(
  '[GC3] a socket that dies without a close frame is told as 1006 (%s)',
  async (die, test) => {
    const stage = await probeStage(test);
    const watcher = await watch(stage);
    const client = await stage.open(watcher.query);

    client[die]();

    expect(await endSeenBy(watcher)).toEqual({ code: 1006, reason: '' });
  },
);

it.for([
  [
    'a binary frame',
    encodeFrame({ opcode: opcodes.binary, payload: 'x' }),
    1003,
    'Binary frames are not supported',
  ],
  ['a frame over 32 KB', encodeFrame({ payload: 'x'.repeat(32_769) }), 1009, 'Message too big'],
  ['a message over 128 KB', encodeFragments('x'.repeat(131_073), 16_384), 1009, 'Message too big'],
] as const)('[GL1][GL2] %s is told to $disconnect', async ([, bytes, code, reason], test) => {
  const stage = await probeStage(test);
  const watcher = await watch(stage);
  const client = await stage.open(watcher.query);

  client.sendBytes(bytes);

  expect(await endSeenBy(watcher)).toEqual({ code, reason });
});

it(
  '[GL3] the end of 10 idle minutes is told to $disconnect',
  async (test) => {
    const stage = await probeStage(test);
    stage.takes(11);
    const { client, connectionId } = await stage.connectKnown();
    const idle = await stage.connect({ watcher: connectionId });
    await client.next();

    // Whoever watches mustn't be idle itself.
    await stage.pass(9 * MINUTE_MS);
    await eventOf(client);
    await stage.pass(MINUTE_MS);

    expect(await idle.closed).toEqual({ code: 1001, reason: 'Going away' });
    const { event } = JSON.parse(await client.nextText()) as { readonly event: DisconnectEvent };
    expect(endOf(event)).toEqual({ code: 1001, reason: 'Going away' });
  },
  12 * MINUTE_MS,
);
