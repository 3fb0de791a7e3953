import type { Random } from '../harness/random.ts';
import { between, controlCharacter, jsonString, jsonValue, percent, plainText } from './chance.ts';
import {
  aRequest,
  type Draft,
  type MakeTextCase,
  type TextCase,
  withMember,
  withoutMember,
  write,
} from './textCase.ts';

/** A frame that isn't JSON at all, so that not even its requestId counts. */
const notJson = (text: string): TextCase => ({
  text,
  expected: { reply: 'error', code: 'invalid_json', namesActions: true },
});

/** The beginning of a request: its last brace is missing at least. */
export const truncated: MakeTextCase = (random, scene, number) => {
  const text = write(random, aRequest(random, scene, number));
  return notJson([...text].slice(0, random.below([...text].length)).join(''));
};

/** Any text whose first character begins no JSON value. */
export const noise: MakeTextCase = (random) =>
  notJson(
    random.pick([...`abcxyzABC@#%&*()=+;:.,<>/?|\\~'\`_}]£é會🎈\u0000\u0007\u001f\ufeff`]) +
      plainText(random, random.below(200)),
  );

/** A request with one thing that other dialects allow and JSON doesn't. */
export const brokenSyntax: MakeTextCase = (random, scene, number) => {
  const draft = withoutMember(aRequest(random, scene, number), 'data');
  const members = draft.members.map(([key, json]) => `${JSON.stringify(key)}:${json}`);
  return notJson(random.pick(dialects)(random, members));
};

type Dialect = (random: Random, members: readonly string[]) => string;

const withData = (members: readonly string[], json: string): string => `{${[...members, `"data":${json}`]}}`;

const dialects: readonly Dialect[] = [
  // An unquoted key finds its route on AWS; here it doesn't.
  (_, members) => `{action:"sendMessage",${members.slice(1)},"data":1}`,
  (_, members) => `{${members},"data":1,}`,
  (_, members) => `{,${members},"data":1}`,
  (_, members) => `{${members.join(' ')} "data" 1}`,
  (_, members) => `{${members},'data':1}`,
  (_, members) => `{${members},"data":1}}`,
  (_, members) => `{${members},"data":1}{}`,
  (_, members) => `// hello\n{${members},"data":1}`,
  (_, members) => `{${members},/* hello */"data":1}`,
  (_, members) => `\ufeff{${members},"data":1}`,
  (_, members) => `{${members},"data"}`,
  (_, members) => withData(members, '[1,2'),
  (_, members) => withData(members, '[1,2,]'),
  (random, members) =>
    withData(members, random.pick(['NaN', 'Infinity', '-Infinity', 'undefined', 'True', 'nil', 'BigInt(1)'])),
  (random, members) =>
    withData(members, random.pick(['01', '+1', '.5', '1.', '0x10', '1e', '--1', '1_000', '1n'])),
  (random, members) => withData(members, random.pick(["'a'", '`a`', '"a', 'a"', '""a'])),
  (random, members) =>
    withData(members, random.pick(['"\\x41"', '"\\u12"', '"\\u{41}"', '"\\"', '"\\a"', '"a\\\n"'])),
  (random, members) => withData(members, `"${String.fromCharCode(random.below(0x20))}"`),
];

/** JSON that isn't an object. */
export const notAnObject: MakeTextCase = (random, scene, number) => {
  const request = write(random, aRequest(random, scene, number));
  const text = random.pick([
    'null',
    'true',
    'false',
    '[]',
    '""',
    String(between(random, -1e9, 1e9)),
    jsonString(random, request),
    `[${request}]`,
    `[${jsonValue(random)},${jsonValue(random)}]`,
    ` ${JSON.stringify(plainText(random, random.below(300)))}\r\n`,
  ]);
  return { text, expected: { reply: 'error', code: 'invalid_request', namesActions: true } };
};

const unknownAction = (random: Random, draft: Draft): TextCase => ({
  text: write(random, draft),
  requestId: draft.requestId,
  expected: { reply: 'error', code: 'unknown_action', namesActions: true },
});

/** A request without an action, or with one in the wrong place. */
export const withoutAction: MakeTextCase = (random, scene, number) => {
  const draft = withoutMember(aRequest(random, scene, number), 'action');
  const misplaced: readonly (readonly [string, string])[] = [
    ['action', 'null'],
    ['Action', '"sendMessage"'],
    ['"action"', '"sendMessage"'],
    ['__proto__', '{"action":"sendMessage"}'],
    ['constructor', '{"prototype":{"action":"sendMessage"}}'],
    ['body', '{"action":"sendMessage"}'],
  ];
  return unknownAction(random, percent(random, 30) ? draft : withMember(draft, ...random.pick(misplaced)));
};

const wrongActions = ['$connect', '$disconnect', '$default', '__proto__', 'constructor', 'toString'].concat(
  ['hasOwnProperty', 'valueOf', '', ' ', 'SENDMESSAGE', 'sendMessage ', 'sendmessage', 'sendMessage\u0000'],
  ['$request.body.action', '$&', '{}', '[object Object]', 'Join', 'pings', '../sendMessage'],
);

/** A request with an action that no route has. */
export const wrongAction: MakeTextCase = (random, scene, number) => {
  const json = random.pick([
    JSON.stringify(random.pick(wrongActions)),
    JSON.stringify(random.pick(wrongActions)),
    jsonString(random, `?${plainText(random, random.below(60))}`),
    jsonString(random, `sendMessage${controlCharacter(random)}`),
    String(between(random, -5, 5)),
    random.pick(['true', 'false', '1e400', '[]', '{}', '["sendMessage"]', '[["sendMessage"]]']),
    random.pick(['{"action":"sendMessage"}', '{"toString":"sendMessage"}', '{"toJSON":"sendMessage"}']),
    `[${jsonValue(random)}]`,
  ]);
  return unknownAction(random, withMember(aRequest(random, scene, number), 'action', json));
};
