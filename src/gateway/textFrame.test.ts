import { expect, it } from 'vitest';
import { startRecordingGateway } from '../../test/harness/recordingGateway.ts';
import { textFrame } from './textFrame.ts';

it('is read by a WebSocket client as it was, at every size at which the head changes, also many in one turn', async () => {
  const { gateway, connect } = await startRecordingGateway();
  const { client, connectionId } = await connect();
  const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 131_072].map(
    (bytes) => 'é'.repeat(bytes >> 1) + 'x'.repeat(bytes % 2),
  );
  for (const text of texts) expect(gateway.send([connectionId], text)).toEqual(['sent']);
  for (const text of texts) expect(await client.nextText()).toBe(text);
});

it('is the same of a text and of its UTF-8', () => {
  const text = '{"data":"é🎈"}';
  expect(textFrame(Buffer.from(text))).toEqual(textFrame(text));
});
