import type { Random } from '../harness/random.ts';
import { between, jsonValue, percent, shuffled } from './chance.ts';
import type { DocumentedCode } from './judge.ts';
import {
  acked,
  aRequest,
  type Draft,
  type MakeTextCase,
  placeOf,
  refused,
  type TextCase,
  withMember,
  withoutMember,
  writeOrdered,
} from './textCase.ts';

/** Arrays and objects in each other, so deep. */
function nested(random: Random, levels: number): string {
  const arrays = percent(random, 50);
  const [open, close] = arrays ? ['[', ']'] : ['{"a":', '}'];
  return open.repeat(levels - 1) + (arrays ? '[]' : '{}') + close.repeat(levels - 1);
}

/** Deeper than data may be, up to what fits in a frame, and up to what fits in a message. */
const tooManyLevels = (random: Random): number =>
  random.pick([
    129,
    130,
    between(random, 131, 1000),
    between(random, 1000, 8000),
    between(random, 8000, 20_000),
  ]);

/** Data that nests too deep. */
export const tooDeep: MakeTextCase = (random, scene, number) => {
  const deep = nested(random, tooManyLevels(random));
  const data = random.pick([deep, `[1,${deep}]`, `{"b":[],"a":${deep}}`]);
  return refused(random, withMember(aRequest(random, scene, number), 'data', data), 'invalid_request');
};

/** Data with a number that JavaScript takes for infinite. */
export const tooBigNumber: MakeTextCase = (random, scene, number) => {
  const infinite = random.pick(['1e400', '-1e309', `1${'0'.repeat(400)}`]);
  const data = random.pick([infinite, `[null,${infinite}]`, `{"a":{"b":[${infinite}]}}`]);
  return refused(random, withMember(aRequest(random, scene, number), 'data', data), 'invalid_request');
};

/** Depth where it is allowed, where it isn't read, and where nothing but a text may be. */
export const deepElsewhere: MakeTextCase = (random, scene, number) => {
  const draft = aRequest(random, scene, number);
  const deep = nested(random, tooManyLevels(random));
  const nameless = { ...draft, requestId: undefined };
  return random.pick<() => TextCase>([
    () => acked(random, withMember(draft, 'data', nested(random, 128))),
    () => acked(random, withMember(draft, 'note', deep)),
    () => unknown(random, withMember(draft, 'action', deep)),
    () => unknown(random, { requestId: undefined, members: [['a', deep]] }),
    () => refused(random, withMember(draft, 'targetConnectionId', deep), 'invalid_request'),
    () => refused(random, withMember(draft, 'messageType', deep), 'invalid_message_type'),
    () => refused(random, withMember(draft, 'clientSeq', deep), 'invalid_request'),
    () => refused(random, withMember(nameless, 'requestId', deep), 'invalid_request'),
  ])();
};

const unknown = (random: Random, draft: Draft): TextCase => ({
  ...refused(random, draft, 'unknown_action'),
  expected: { reply: 'error', code: 'unknown_action', namesActions: true },
});

/** Keys that mean something to JavaScript, in the request and in its data: they are fields that no rule names. */
export const prototypeKeys: MakeTextCase = (random, scene, number) => {
  const traps = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'toJSON', 'then'];
  const trap = () =>
    random.pick([
      'null',
      '1',
      '{"messageType":"ack","requestId":5,"clientSeq":-1,"data":null}',
      '{"prototype":{"action":"$disconnect","isAdmin":true}}',
      jsonValue(random),
    ]);
  const members = traps.filter(() => percent(random, 40)).map((key) => [key, trap()] as const);
  const data = `{${traps.map((key) => `${JSON.stringify(key)}:${trap()}`)}}`;
  const { requestId, members: others } = withMember(aRequest(random, scene, number), 'data', data);
  return acked(random, { requestId, members: [...others, ...members] });
};

/** Thousands of keys, beside the others or in data. */
export const manyKeys: MakeTextCase = (random, scene, number) => {
  const keys = Array.from({ length: between(random, 500, 3000) }, (_, index) => `"k${index}":${index}`);
  const draft = aRequest(random, scene, number);
  if (percent(random, 50)) return acked(random, withMember(draft, 'data', `{${keys}}`));
  const right = acked(random, draft);
  return { ...right, text: `{${keys},${right.text.slice(1)}` };
};

const wrongMembers: readonly (readonly [key: string, right: string, wrong: string, DocumentedCode])[] = [
  ['data', '1', 'null', 'missing_data'],
  ['messageType', '"chat"', '"ack"', 'invalid_message_type'],
  ['clientSeq', '0', '-1', 'invalid_request'],
];

/** A member twice, right and wrong: the last counts. */
export const duplicateKeys: MakeTextCase = (random, scene, number) => {
  const draft = aRequest(random, scene, number);
  const [key, right, wrong, code] = random.pick(wrongMembers);
  const others = shuffled(random, withoutMember(draft, key).members);
  const isRight = percent(random, 50);
  const [first, last] = isRight ? [wrong, right] : [right, wrong];
  const members: Draft['members'] = [[key, first], ...others, [key, last]];
  return {
    text: writeOrdered(random, members),
    requestId: draft.requestId,
    expected: isRight
      ? { reply: 'ack', sent: 1, place: placeOf({ ...draft, members }) }
      : { reply: 'error', code },
  };
};
