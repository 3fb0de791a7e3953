import type { Random } from '../harness/random.ts';
import * as actions from './actionCases.ts';
import { between, plainText, shuffled } from './chance.ts';
import * as fields from './fieldCases.ts';
import * as json from './jsonCases.ts';
import * as large from './largeCases.ts';
import * as sizes from './sizeCases.ts';
import { aRequest, type MakeTextCase, write } from './textCase.ts';

/** A request with a few characters changed, left out or put in: who knows what it is now. */
const mutant: MakeTextCase = (random, scene, number) => {
  const characters = [...write(random, aRequest(random, scene, number))];
  for (let edits = between(random, 1, 4); edits > 0; edits--) edit(random, characters);
  return { text: characters.join(''), expected: { reply: 'ack or error' } };
};

function edit(random: Random, characters: string[]): void {
  const index = random.below(characters.length);
  const other = random.pick([...`{}[]",:\\\u0000 0-e.`, 'null', '\\u0000', plainText(random, 1)]);
  switch (random.below(4)) {
    case 0:
      characters.splice(index, 1);
      break;
    case 1:
      characters.splice(index, 1, other);
      break;
    case 2:
      characters.splice(index, 0, other);
      break;
    default:
      characters.splice(index, 0, ...characters.slice(index, index + between(random, 1, 30)));
  }
}

/** Every kind of text frame, and how many there are of each. */
const kinds: readonly (readonly [kind: string, count: number, make: MakeTextCase])[] = [
  ['truncated', 700, json.truncated],
  ['noise', 600, json.noise],
  ['broken syntax', 1000, json.brokenSyntax],
  ['not an object', 900, json.notAnObject],
  ['without an action', 700, json.withoutAction],
  ['wrong action', 1100, json.wrongAction],
  ['without a target', 600, fields.withoutAnyTarget],
  ['wrong target', 1200, fields.wrongTarget],
  ['another meeting', 900, fields.anotherMeeting],
  ['target not found', 1200, fields.notFound],
  ['without data', 600, fields.withoutData],
  ['wrong messageType', 1000, fields.wrongMessageType],
  ['wrong requestId', 800, fields.wrongRequestId],
  ['wrong clientSeq', 700, fields.wrongClientSeq],
  ['wrong field of another action', 600, actions.wrongField],
  ['host action of no host', 200, actions.hostAction],
  ['wrong requestId of another action', 200, actions.wrongRequestIdElsewhere],
  ['right after all', 400, fields.rightAfterAll],
  ['well-formed', 400, fields.wellFormed],
  ['too deep', 90, sizes.tooDeep],
  ['too big a number', 90, sizes.tooBigNumber],
  ['deep elsewhere', 180, sizes.deepElsewhere],
  ['prototype keys', 400, sizes.prototypeKeys],
  ['many keys', 70, sizes.manyKeys],
  ['duplicate keys', 400, sizes.duplicateKeys],
  ['large', 70, large.large],
  ['too large', 70, large.tooLarge],
  ['mutant', 1830, mutant],
];

/** A kind of text frame in its place of the run. */
export type TextPlan = { readonly number: number; readonly kind: string; readonly make: MakeTextCase };

/** All text frames of a run, in an order by chance, numbered from 0. */
export function planTextCases(random: Random): readonly TextPlan[] {
  const plans = kinds.flatMap(([kind, count, make]) => Array.from({ length: count }, () => ({ kind, make })));
  return shuffled(random, plans).map((plan, number) => ({ number, ...plan }));
}
