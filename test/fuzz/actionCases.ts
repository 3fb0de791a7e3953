import type { Random } from '../harness/random.ts';
import { between, jsonString, jsonValue, percent, plainText } from './chance.ts';
import { noId } from './fieldCases.ts';
import { type MakeTextCase, refused } from './textCase.ts';

type Member = readonly [key: string, json: string];

/** The JSON of anything that is no whole number from 0 on. */
const noSeq = (random: Random): string =>
  random.pick([
    '-1',
    '0.5',
    '1e400',
    '9007199254740992',
    '"1"',
    'true',
    '[]',
    '{}',
    String(-between(random, 1, 1e9)),
  ]);

/** The JSON of anything that is no whole number from 1 to 300. */
const noLimit = (random: Random): string => random.pick(['0', '301', '1e9', noSeq(random)]);

/** The JSON of anything that is no object of at most 2 KB. */
const noAttributes = (random: Random): string =>
  random.pick([
    random.pick(['0', 'true', '"camera"', '[]', '[{}]', '1e400']),
    `{"text":${jsonString(random, plainText(random, between(random, 2100, 4000)))}}`,
    `{"big":1e400}`,
    `{"deep":${'['.repeat(128)}${']'.repeat(128)}}`,
    `[${jsonValue(random)}]`,
  ]);

const noSince = (random: Random): string =>
  random.pick([
    '0',
    '"e"',
    '[]',
    '{}',
    '{"epoch":"e"}',
    '{"seq":1}',
    `{"epoch":${noId(random)},"seq":1}`,
    `{"epoch":"e","seq":${noSeq(random)}}`,
  ]);

/** A wrong member for each action that isn't `sendMessage`, with what else it may have. */
const wrongMembers: Readonly<Record<string, (random: Random) => Member>> = {
  join: (random) =>
    random.pick<Member>([
      ['session', noId(random)],
      ['attributes', noAttributes(random)],
      ['since', noSince(random)],
      ['replaces', noId(random)],
    ]),
  update: (random) => ['attributes', random.pick(['null', noAttributes(random)])],
  history: (random) =>
    random.pick<Member>([
      ['after', noSeq(random)],
      ['before', noSeq(random)],
      ['limit', noLimit(random)],
    ]),
  participants: (random) =>
    random.pick<Member>([
      ['after', noId(random)],
      ['limit', noLimit(random)],
    ]),
  remove: (random) => ['userId', random.pick(['null', noId(random)])],
};

/** Any other action than `sendMessage` with a field that can't be right: refused, and nothing changes by it. */
export const wrongField: MakeTextCase = (random, _scene, number) => {
  const action = random.pick(Object.keys(wrongMembers));
  const requestId = percent(random, 80) ? `r${number}` : undefined;
  const wrong = wrongMembers[action]?.(random) ?? ['action', '"join"'];
  const members: Member[] = [['action', JSON.stringify(action)], wrong];
  if (requestId) members.push(['requestId', JSON.stringify(requestId)]);
  return refused(random, { requestId, members }, 'invalid_request');
};

/** A `leave` or another action whose requestId is none. */
export const wrongRequestIdElsewhere: MakeTextCase = (random) => {
  const action = random.pick([
    ...['join', 'update', 'history', 'participants', 'leave'],
    ...['remove', 'lock', 'unlock'],
  ]);
  const members: Member[] = [
    ['action', JSON.stringify(action)],
    ['attributes', '{}'],
    ['userId', '"witness"'],
    ['requestId', noId(random)],
  ];
  return refused(random, { requestId: undefined, members }, 'invalid_request');
};

/** What only a host may do, by somebody who is none: whoever it is about, the answer is the same. */
export const hostAction: MakeTextCase = (random, scene, number) => {
  const requestId = percent(random, 80) ? `r${number}` : undefined;
  const userId = random.pick([
    ...[scene.witness.userId, scene.witness.connectionId, ...scene.elsewhere.people.map((one) => one.userId)],
    ...['#', 'user#', `ban#${scene.witness.userId}`, 'state', 'head', '__proto__', plainText(random, 128)],
    ...[`${scene.witness.userId}\u200d`, ` ${scene.witness.userId}`, scene.witness.userId.toUpperCase()],
  ]);
  const members: Member[] = [
    ['action', JSON.stringify(random.pick(['remove', 'lock', 'unlock']))],
    ['userId', jsonString(random, userId)],
    ['meetingId', JSON.stringify(random.pick([scene.meetingId, scene.elsewhere.meetingId]))],
    ['role', '"host"'],
  ];
  if (requestId) members.push(['requestId', JSON.stringify(requestId)]);
  return refused(random, { requestId, members }, 'hosts_only');
};
