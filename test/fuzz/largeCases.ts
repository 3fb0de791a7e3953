import type { Random } from '../harness/random.ts';
import { between } from './chance.ts';
import { acked, aRequest, aTarget, type MakeTextCase, type Scene, type TextCase } from './textCase.ts';

/** PROTOCOL.md, LM2. */
const FRAME_BYTES = 32_768;
/** PROTOCOL.md, LM2 and MS8. */
const MESSAGE_BYTES = 131_072;

/** Everything around the data of a message together is certainly not longer than this. */
const ENVELOPE_BYTES = 600;

/** A request with nothing optional, which is certainly shorter than its message with the envelope. */
function bare(random: Random, scene: Scene, number: number): string {
  const [key, json] = aTarget(random, scene);
  return `{"action":"sendMessage","${key}":${json},"requestId":"r${number}","data":""}`;
}

/** A bare request of exactly so many bytes. */
function bareOfBytes(random: Random, scene: Scene, number: number, bytes: number): string {
  const empty = bare(random, scene, number);
  const [character, width] = random.pick([['x', 1] as const, ['é', 2] as const, ['🎈', 4] as const]);
  const room = bytes - empty.length;
  const data = `"${'x'.repeat(room % width)}${character.repeat(Math.floor(room / width))}"`;
  return empty.replace('""', data);
}

/** A request with a field that no rule names, so that it has exactly so many bytes. */
function paddedTo(random: Random, scene: Scene, number: number, bytes: number): TextCase {
  const right = acked(random, aRequest(random, scene, number));
  const padding = 'x'.repeat(bytes - Buffer.byteLength(right.text) - '"note":"",'.length);
  return { ...right, text: `{"note":"${padding}",${right.text.slice(1)}` };
}

const acked1 = (text: string, number: number): TextCase => ({
  text,
  requestId: `r${number}`,
  expected: { reply: 'ack', sent: 1, place: 'not logged' },
});

/** As large as a frame or a message may be. */
export const large: MakeTextCase = (random, scene, number) => {
  const largest = MESSAGE_BYTES - ENVELOPE_BYTES;
  const fragmentBytes = between(random, 1000, FRAME_BYTES);
  const bare = (bytes: number) => acked1(bareOfBytes(random, scene, number, bytes), number);
  return random.pick<() => TextCase>([
    () => bare(FRAME_BYTES - random.below(3)),
    () => paddedTo(random, scene, number, FRAME_BYTES - random.below(3)),
    () => ({ ...bare(between(random, FRAME_BYTES + 1, largest)), fragmentBytes }),
    () => ({ ...bare(largest), fragmentBytes }),
    () => ({ ...paddedTo(random, scene, number, MESSAGE_BYTES - random.below(3)), fragmentBytes }),
  ])();
};

/** A request that fits in a message, while what would be delivered doesn't. */
export const tooLarge: MakeTextCase = (random, scene, number) => {
  // Five bytes each, with the comma, that JavaScript writes as 22, so that a single frame becomes too large.
  const numbers = `[${Array.from({ length: between(random, 6100, 6400) }, () => '1e20')}]`;
  const text = random.pick([
    bare(random, scene, number).replace('""', numbers),
    bareOfBytes(random, scene, number, MESSAGE_BYTES - random.below(30)),
    bareOfBytes(random, scene, number, MESSAGE_BYTES - random.below(30)),
  ]);
  return {
    text,
    requestId: `r${number}`,
    expected: { reply: 'error', code: 'message_too_large' },
    fragmentBytes: random.pick([FRAME_BYTES, between(random, 1000, FRAME_BYTES)]),
  };
};
