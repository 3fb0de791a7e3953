import { type Random, seededRandom } from '../harness/random.ts';

/** The chance that makes one case, so that a case is the same however many others there are. */
export function randomOfCase(seed: number, number: number): Random {
  return seededRandom(Math.imul(seed ^ Math.imul(number + 1, 0x9e3779b1), 0x85ebca6b));
}

/** A whole number from min to max. */
export const between = (random: Random, min: number, max: number): number =>
  min + random.below(max - min + 1);

/** True so many times out of a hundred. */
export const percent = (random: Random, chance: number): boolean => random.below(100) < chance;

/** The same values in another order. */
export function shuffled<Value>(random: Random, values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}

// Printable ASCII, Latin, Hebrew, Han, emoji: one to four bytes each in UTF-8, and none a control character.
const alphabets = [
  [0x20, 0x7e],
  [0x20, 0x7e],
  [0xa1, 0x17f],
  [0x5d0, 0x5ea],
  [0x4e00, 0x9fff],
  [0x1f300, 0x1f64f],
] as const;

/** So many Unicode characters, none of them a control character. */
export function plainText(random: Random, characters: number): string {
  return Array.from({ length: characters }, () => {
    const [first, last] = random.pick(alphabets);
    return String.fromCodePoint(between(random, first, last));
  }).join('');
}

/** A control character: C0, DEL or C1. */
export const controlCharacter = (random: Random): string =>
  String.fromCodePoint(random.pick([between(random, 0, 0x1f), between(random, 0x7f, 0x9f)]));

/** Half of a surrogate pair: no Unicode character, yet JSON can write it. */
export const loneSurrogate = (random: Random): string => String.fromCharCode(between(random, 0xd800, 0xdfff));

/** A text with another put in somewhere. */
export function withInserted(random: Random, text: string, inserted: string): string {
  const characters = [...text];
  characters.splice(random.below(characters.length + 1), 0, inserted);
  return characters.join('');
}

/** The JSON of a text, any of its characters escaped. */
export function jsonString(random: Random, text: string): string {
  if (percent(random, 70)) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
}

const numbers = ['0', '-0', '1', '-1', '3.25', '1e3', '1E-7', '9007199254740993', '1.7e308', '-12345.678e2'];

/** The JSON of any value but null, nested at most so deep. */
export function jsonValue(random: Random, depth = 3): string {
  const children = () => Array.from({ length: random.below(4) });
  switch (random.below(depth > 0 ? 6 : 4)) {
    case 0:
      return random.pick(numbers);
    case 1:
      return random.pick(['true', 'false']);
    case 2:
      return jsonString(random, plainText(random, random.below(20)));
    case 3:
      return jsonString(random, `${plainText(random, random.below(5))}${loneSurrogate(random)}`);
    case 4:
      return `[${children().map(() => random.pick(['null', jsonValue(random, depth - 1)]))}]`;
    default:
      return `{${children().map(() => `${jsonKey(random)}:${jsonValue(random, depth - 1)}`)}}`;
  }
}

/** The JSON of a key, often of one that means something to JavaScript. */
const jsonKey = (random: Random): string =>
  random.pick([
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"then"',
    '""',
    jsonString(random, plainText(random, 6)),
  ]);
