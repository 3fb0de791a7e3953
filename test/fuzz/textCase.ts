import type { Random } from '../harness/random.ts';
import { between, jsonValue, percent, plainText, shuffled } from './chance.ts';
import type { DocumentedCode } from './judge.ts';

/** Where a frame is sent from, and who else is there to aim at. The witness is the only other member. */
export type Scene = {
  readonly meetingId: string;
  readonly witness: Person;
  /** A meeting that nothing of this may reach. */
  readonly elsewhere: { readonly meetingId: string; readonly people: readonly Person[] };
};

/** A user and the connection of theirs. */
export type Person = { readonly userId: string; readonly connectionId: string };

/** What must come back, known from how the frame was made. */
type Expected =
  | { readonly reply: 'ack'; readonly sent: number; readonly place: 'logged' | 'not logged' }
  | { readonly reply: 'error'; readonly code: DocumentedCode; readonly namesActions?: boolean }
  | { readonly reply: 'ack or error' };

/** A text frame with what must come back. */
export type TextCase = {
  readonly text: string;
  /** What the reply must echo; undefined where it must echo nothing. */
  readonly requestId?: string | undefined;
  readonly expected: Expected;
  /** In how large pieces it is sent: 32,768 bytes, the most that a frame may have, unless given. */
  readonly fragmentBytes?: number;
};

/** Makes a case of its number by chance. */
export type MakeTextCase = (random: Random, scene: Scene, number: number) => TextCase;

/** A request as the JSON of its members, so that what JavaScript can't express can be put in. */
export type Draft = {
  readonly requestId: string | undefined;
  readonly members: readonly (readonly [key: string, json: string])[];
};

/** A request to which nothing is wrong. */
export function aRequest(random: Random, scene: Scene, number: number): Draft {
  const requestId = percent(random, 80) ? aRequestId(random, number) : undefined;
  const optional: [string, string][] = [
    ['messageType', JSON.stringify(random.pick(['chat', 'signal', 'event', 'offer', 'x', 'A1._:-']))],
    ['clientSeq', String(random.pick([0, 1, 7, 2 ** 53 - 1]))],
    ['origin', '"server"'],
    ['type', '"ack"'],
  ];
  return {
    requestId,
    members: [
      ['action', '"sendMessage"'],
      aTarget(random, scene),
      ['data', jsonValue(random)],
      ...optional.filter(() => percent(random, 30)),
      ...(requestId === undefined ? [] : [['requestId', JSON.stringify(requestId)] as const]),
    ],
  };
}

/** A target that is the witness, in one way or another. */
export function aTarget(random: Random, { meetingId, witness }: Scene): readonly [string, string] {
  return random.pick([
    ['meetingId', JSON.stringify(meetingId)],
    ['targetUserId', JSON.stringify(witness.userId)],
    ['targetConnectionId', JSON.stringify(witness.connectionId)],
  ]);
}

function aRequestId(random: Random, number: number): string {
  const unique = `r${number}-`;
  return unique + plainText(random, random.pick([0, 3, between(random, 0, 30), 128 - unique.length]));
}

/** The request with a member in place of the one it has, or besides. */
export function withMember(draft: Draft, key: string, json: string): Draft {
  return { ...draft, members: [...withoutMember(draft, key).members, [key, json]] };
}

/** The request without a member. */
export function withoutMember(draft: Draft, key: string): Draft {
  return { ...draft, members: draft.members.filter(([name]) => name !== key) };
}

/** The request without any target. */
export const withoutTarget = (draft: Draft): Draft =>
  ['meetingId', 'targetUserId', 'targetConnectionId'].reduce(withoutMember, draft);

/** The request as text, its members in any order, with any white space between them. */
export function write(random: Random, { members }: Draft): string {
  return writeOrdered(random, shuffled(random, members));
}

/** The members as text, as they stand: of members with the same key the last counts. */
export function writeOrdered(random: Random, members: Draft['members']): string {
  const space = () => random.pick(['', '', '', ' ', '\t', '\n', '\r\n  ']);
  const written = members.map(
    ([key, json]) => `${space()}${JSON.stringify(key)}${space()}:${space()}${json}${space()}`,
  );
  return `{${written.join(',')}}`;
}

/** A request that must be acked and reach the witness. */
export function acked(random: Random, draft: Draft): TextCase {
  const { requestId } = draft;
  return {
    text: write(random, draft),
    requestId,
    expected: { reply: 'ack', sent: 1, place: placeOf(draft) },
  };
}

/** A request that must be refused with this code. */
export function refused(random: Random, draft: Draft, code: DocumentedCode): TextCase {
  const { requestId } = draft;
  return { text: write(random, draft), requestId, expected: { reply: 'error', code } };
}

/** A chat to the meeting is logged, and nothing else. Of members with the same key the last counts. */
export function placeOf({ members }: Draft): 'logged' | 'not logged' {
  const { messageType, targetConnectionId = 'null', targetUserId = 'null' } = Object.fromEntries(members);
  const isDirect = targetConnectionId !== 'null' || targetUserId !== 'null';
  return messageType === '"chat"' && !isDirect ? 'logged' : 'not logged';
}
