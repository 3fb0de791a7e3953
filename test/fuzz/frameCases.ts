import type { Random } from '../harness/random.ts';
import { closePayload, encodeFrame, type FrameToSend, opcodes } from '../harness/rawFrames.ts';
import { between, percent, plainText, shuffled } from './chance.ts';

/** Bytes on an open connection, and the code that the server must close it with. */
type FrameCase = {
  readonly bytes: Buffer;
  readonly code: number;
};

type MakeFrameCase = (random: Random) => FrameCase;

const FRAME_BYTES = 32_768;
const MESSAGE_BYTES = 131_072;

const frames = (...all: readonly FrameToSend[]): Buffer => Buffer.concat(all.map(encodeFrame));

const text = (random: Random, longest = 100): string => plainText(random, random.below(longest));

/** What breaks a rule, alone, after a ping, or in the middle of a message: control frames may come there. */
function atAnyTime(random: Random, code: number, ...broken: readonly FrameToSend[]): FrameCase {
  const before = random.pick<readonly FrameToSend[]>([
    [],
    [{ opcode: opcodes.ping, payload: 'hello' }],
    [{ fin: false, payload: '{"action":' }],
  ]);
  return { bytes: frames(...before, ...broken), code };
}

const binary: MakeFrameCase = (random) => {
  const payload = Buffer.from(random.pick([text(random), '', '{"action":"sendMessage","data":1}']));
  const cut = random.below(payload.length + 1);
  const bytes = percent(random, 50)
    ? frames({ opcode: opcodes.binary, payload })
    : frames(
        { opcode: opcodes.binary, fin: false, payload: payload.subarray(0, cut) },
        { opcode: opcodes.continuation, payload: payload.subarray(cut) },
      );
  return { bytes, code: 1003 };
};

const tooLongFrame: MakeFrameCase = (random) => {
  const claimedBytes = random.pick([
    FRAME_BYTES + 1,
    between(random, FRAME_BYTES + 1, 200_000),
    2 ** 31,
    2 ** 52,
  ]);
  const isWhole = claimedBytes === FRAME_BYTES + 1;
  const payload = isWhole ? Buffer.alloc(claimedBytes, 'x') : text(random);
  const opcode = random.pick([opcodes.text, opcodes.binary]);
  return { bytes: frames({ opcode, claimedBytes, payload }), code: 1009 };
};

const tooLongMessage: MakeFrameCase = (random) => {
  const longest = between(random, 10_000, FRAME_BYTES);
  const fragments: FrameToSend[] = [];
  for (let left = MESSAGE_BYTES; left > 0; left -= longest) {
    const payload = Buffer.alloc(Math.min(left, longest), 'x');
    fragments.push({
      fin: false,
      opcode: fragments.length > 0 ? opcodes.continuation : opcodes.text,
      payload,
    });
  }
  const last = { fin: percent(random, 50), opcode: opcodes.continuation, payload: 'x' };
  return { bytes: frames(...fragments, last), code: 1009 };
};

const anyOpcode = (random: Random): number => random.pick(Object.values(opcodes));
const controlOpcode = (random: Random): number => random.pick([opcodes.close, opcodes.ping, opcodes.pong]);

const reservedBits: MakeFrameCase = (random) =>
  atAnyTime(random, 1002, {
    rsv: between(random, 1, 7),
    opcode: anyOpcode(random),
    payload: text(random, 25),
  });

const unmasked: MakeFrameCase = (random) =>
  atAnyTime(random, 1002, { masked: false, opcode: controlOpcode(random), payload: text(random, 25) });

const unmaskedText: MakeFrameCase = (random) => ({
  bytes: frames({ masked: false, payload: text(random) }),
  code: 1002,
});

const unknownOpcode: MakeFrameCase = (random) =>
  atAnyTime(random, 1002, {
    opcode: random.pick([between(random, 3, 7), between(random, 11, 15)]),
    payload: text(random, 25),
  });

const fragmentedControl: MakeFrameCase = (random) =>
  atAnyTime(random, 1002, { fin: false, opcode: controlOpcode(random), payload: text(random, 25) });

const longControl: MakeFrameCase = (random) =>
  atAnyTime(random, 1002, { opcode: controlOpcode(random), payload: 'x'.repeat(between(random, 126, 2000)) });

const strayContinuation: MakeFrameCase = (random) => ({
  bytes: frames({ fin: percent(random, 50), opcode: opcodes.continuation, payload: text(random) }),
  code: 1002,
});

const messageInMessage: MakeFrameCase = (random) => ({
  bytes: frames(
    { fin: false, payload: '{"action":' },
    { opcode: random.pick([opcodes.text, opcodes.binary]), fin: percent(random, 50), payload: text(random) },
  ),
  code: 1002,
});

// Never a byte of UTF-8, overlong, a surrogate, beyond Unicode, a stray or a missing continuation byte.
const notUtf8 = ['ff', 'fe', 'c0af', 'e080af', 'eda080', 'f4908080', '80', 'e282', 'f09f8e', 'f888808080'];

function brokenText(random: Random, longest: number): Buffer {
  const broken = Buffer.from(random.pick(notUtf8), 'hex');
  return Buffer.concat([Buffer.from(text(random, longest)), broken, Buffer.from(text(random, longest))]);
}

const invalidUtf8: MakeFrameCase = (random) => {
  const payload = brokenText(random, 50);
  const cut = random.below(payload.length);
  const bytes = percent(random, 50)
    ? frames({ payload })
    : frames(
        { fin: false, payload: payload.subarray(0, cut) },
        { opcode: opcodes.continuation, payload: payload.subarray(cut) },
      );
  return { bytes, code: 1007 };
};

const wrongClose: MakeFrameCase = (random) => {
  const code = random.pick([0, 1, 999, 1004, 1005, 1006, 1015, 2000, 5000, 65_535, random.below(1000)]);
  const payload = random.pick([closePayload(code), closePayload(code, 'bye'), Buffer.of(3)]);
  return atAnyTime(random, 1002, { opcode: opcodes.close, payload });
};

const invalidCloseReason: MakeFrameCase = (random) => {
  const payload = Buffer.concat([closePayload(1000), brokenText(random, 10)]);
  return atAnyTime(random, 1007, { opcode: opcodes.close, payload });
};

const properClose: MakeFrameCase = (random) => {
  const code = random.pick([1000, 1001, 1003, 1011, between(random, 3000, 4999)]);
  return atAnyTime(random, code, { opcode: opcodes.close, payload: closePayload(code, text(random, 25)) });
};

const kinds: readonly (readonly [kind: string, count: number, make: MakeFrameCase])[] = [
  ['binary', 180, binary],
  ['frame too long', 180, tooLongFrame],
  ['message too long', 60, tooLongMessage],
  ['reserved bits', 160, reservedBits],
  ['unmasked control frame', 60, unmasked],
  ['unmasked text', 70, unmaskedText],
  ['unknown opcode', 160, unknownOpcode],
  ['fragmented control frame', 120, fragmentedControl],
  ['control frame too long', 100, longControl],
  ['stray continuation', 80, strayContinuation],
  ['message in a message', 80, messageInMessage],
  ['invalid UTF-8', 120, invalidUtf8],
  ['wrong close', 60, wrongClose],
  ['invalid close reason', 20, invalidCloseReason],
  ['proper close', 50, properClose],
];

/** A case of raw frames in its place of the run. */
export type FramePlan = { readonly number: number; readonly kind: string; readonly make: MakeFrameCase };

/** All connections that break RFC 6455 or a limit, in an order by chance, numbered from this number. */
export function planFrameCases(random: Random, from: number): readonly FramePlan[] {
  const plans = kinds.flatMap(([kind, count, make]) => Array.from({ length: count }, () => ({ kind, make })));
  return shuffled(random, plans).map((plan, index) => ({ number: from + index, ...plan }));
}
