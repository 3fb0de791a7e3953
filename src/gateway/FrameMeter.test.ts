import { describe, expect, it } from 'vitest';
import { seededRandom, seedOfRun } from '../../test/harness/random.ts';
import {
  closePayload,
  encodeFragments,
  encodeFrame,
  type FrameToSend,
  opcodes,
} from '../../test/harness/rawFrames.ts';
import { FrameMeter } from './FrameMeter.ts';

/** What a meter for 1,000 bytes a frame says of these bytes, coming in these chunks. */
function measure(...chunks: readonly Buffer[]): number | undefined {
  const meter = new FrameMeter({ frameBytes: 1000, messageBytes: Number.POSITIVE_INFINITY });
  for (const chunk of chunks) meter.watch(chunk);
  return meter.messagesBeforeOversize;
}

const ofBytes = (payloadBytes: number, frame: FrameToSend = {}) =>
  encodeFrame({ payload: Buffer.alloc(payloadBytes), ...frame });

const oversize = ofBytes(1001);

it('finds nothing before the first byte', () => {
  expect(measure()).toBeUndefined();
});

it.for([0, 1, 125, 126, 127, 999, 1000])('lets a frame of %i bytes pass', (bytes) => {
  expect(measure(ofBytes(bytes), ofBytes(bytes))).toBeUndefined();
});

it.for([1001, 65_535, 65_536])('finds a frame of %i bytes', (bytes) => {
  expect(measure(ofBytes(bytes))).toBe(0);
});

it('finds a frame by its header, before its payload has come', () => {
  expect(measure(oversize.subarray(0, 7))).toBeUndefined();
  expect(measure(oversize.subarray(0, 8))).toBe(0);
});

it('believes the greatest length that a header can claim', () => {
  const frame = encodeFrame({ lengthBits: 64 });
  frame.fill(0xff, 2, 10);

  expect(measure(frame)).toBe(0);
});

describe('however it is written', () => {
  const ways = [7, 16, 64].flatMap((lengthBits) => [true, false].map((masked) => ({ lengthBits, masked })));

  it.for(ways)('reads a length of $lengthBits bits, masked: $masked', ({ lengthBits, masked }) => {
    const small = ofBytes(100, { lengthBits: lengthBits as 7 | 16 | 64, masked });

    expect(measure(small, small, oversize)).toBe(2);
  });

  it('is split at every byte boundary', () => {
    const bytes = Buffer.concat([
      ofBytes(200),
      ofBytes(3, { masked: false }),
      ofBytes(5, { lengthBits: 64 }),
      oversize,
    ]);

    for (let at = 0; at <= bytes.length; at++) {
      expect(measure(bytes.subarray(0, at), bytes.subarray(at)), `split at ${at}`).toBe(3);
    }
  });

  it('comes byte by byte', () => {
    const bytes = Buffer.concat([ofBytes(0), ofBytes(130), oversize]);

    expect(measure(...Array.from(bytes, (byte) => Buffer.of(byte)))).toBe(2);
  });
});

describe('messages before an oversize frame', () => {
  it('are counted when whole, not by their fragments', () => {
    expect(measure(encodeFragments('x'.repeat(5000), 1000), oversize)).toBe(1);
  });

  it('do not count the one that the frame belongs to', () => {
    expect(
      measure(ofBytes(10), ofBytes(10, { fin: false }), ofBytes(1001, { opcode: opcodes.continuation })),
    ).toBe(1);
  });

  it('do not count control frames, even between fragments', () => {
    const controls = [
      encodeFrame({ opcode: opcodes.ping, payload: 'alive?' }),
      encodeFrame({ opcode: opcodes.pong }),
      encodeFrame({ opcode: opcodes.close, payload: closePayload(1000) }),
    ];
    const [first, last] = [ofBytes(10, { fin: false }), ofBytes(10, { opcode: opcodes.continuation })];

    expect(measure(...controls, first, ...controls, last, ...controls, oversize)).toBe(1);
  });

  it('are not counted any further behind it', () => {
    expect(measure(ofBytes(10), oversize, ofBytes(10), oversize)).toBe(1);
  });
});

it('agrees with frames made at random', () => {
  const seed = seedOfRun();
  console.log(`SEED=${seed}`);
  const random = seededRandom(seed);

  for (let run = 0; run < 300; run++) {
    const meter = new FrameMeter({ frameBytes: 1000, messageBytes: Number.POSITIVE_INFINITY });
    let messages = 0;
    let expected: number | undefined;
    for (let frames = random.below(20); frames > 0; frames--) {
      const { bytes, isMessage, isOversize } = randomFrame();
      if (isOversize) expected ??= messages;
      if (isMessage) messages++;
      for (const chunk of split(bytes)) meter.watch(chunk);
    }
    expect(meter.messagesBeforeOversize, `SEED=${seed}, run ${run}`).toBe(expected);
  }

  function randomFrame() {
    const opcode = random.pick(Object.values(opcodes));
    const isControl = opcode >= opcodes.close;
    const payloadBytes = random.below(isControl ? 126 : random.pick([126, 1001, 1001, 1001, 1100]));
    const fin = isControl || random.below(2) === 0;
    const lengthBits = random.pick(payloadBytes < 126 ? ([7, 16, 64] as const) : ([16, 64] as const));
    const frame = { opcode, fin, lengthBits, masked: random.below(2) === 0 };
    const bytes = ofBytes(payloadBytes, frame);
    return { bytes, isMessage: fin && !isControl, isOversize: payloadBytes > 1000 };
  }

  function split(bytes: Buffer): Buffer[] {
    const at = random.below(bytes.length + 1);
    const rest = bytes.subarray(at);
    return random.below(3) === 0 ? [bytes.subarray(0, at), ...(at === 0 ? [rest] : split(rest))] : [bytes];
  }
});
