import { describe, expect, it } from 'vitest';
import type { MessageEvent } from '../../src/gateway/events.ts';
import { deferred } from '../harness/gateway.ts';
import { recorder, twoWay } from '../harness/integrations.ts';
import { RawClient } from '../harness/RawClient.ts';
import { encodeFragments, encodeFrame, opcodes } from '../harness/rawFrames.ts';
import { startRecordingGateway } from '../harness/recordingGateway.ts';

const faults = [
  ['a binary frame', encodeFrame({ opcode: opcodes.binary, payload: 'x' }), 1003],
  ['a frame over 32 KB', encodeFrame({ payload: 'x'.repeat(32_769) }), 1009],
  ['a message over 128 KB', encodeFragments('x'.repeat(131_073), 16_384), 1009],
] as const;

describe('messages in the same bytes before', () => {
  it.each(faults)(
    '[GL1][GL2] %s are answered before the connection is closed',
    async (_name, fault, code) => {
      const answers = deferred();
      const slow = recorder<MessageEvent>(async (event) => {
        await answers.promise;
        return { body: `answer to ${event.body}` };
      });
      const { url } = await startRecordingGateway({ messages: { $default: twoWay(slow.route.integration) } });
      const client = await RawClient.open(url);
      const messages = ['one', 'two'].map((payload) => encodeFrame({ payload }));
      client.sendBytes(Buffer.concat([...messages, fault, encodeFrame({ payload: 'too late' })]));
      for (const body of ['one', 'two']) expect((await slow.next()).body).toBe(body);
      answers.resolve();
      expect([await client.nextText(), await client.nextText()].sort()).toEqual([
        'answer to one',
        'answer to two',
      ]);
      expect(await client.closed).toMatchObject({ code });
      expect(slow.events).toHaveLength(2);
    },
  );
});
