import type { UpgradeRequest } from '../harness/RawClient.ts';
import type { Random } from '../harness/random.ts';
import { between, controlCharacter, percent, plainText, shuffled, withInserted } from './chance.ts';
import { malformedHttp, oversizeHead, plainHttp } from './httpCases.ts';
import type { MakeUpgradeCase, UpgradeCase, UpgradeScene } from './upgradeCase.ts';

/** The request target: names and values percent-encoded, in any order. */
function target(
  random: Random,
  { path }: UpgradeScene,
  query: readonly (readonly [string, string])[],
): string {
  const written = shuffled(random, query).map((pair) => pair.map(encodeURIComponent).join('='));
  return `${path}${random.pick(['', '/'])}?${written.join('&')}`;
}

const good = (random: Random, scene: UpgradeScene): string =>
  target(random, scene, Object.entries(scene.query));

const withoutMeeting: MakeUpgradeCase = (random, scene) => {
  const { meetingId, ...others } = scene.query;
  const query = Object.entries(others).filter(() => percent(random, 70));
  const nothing = random.pick<readonly [string, string][]>([
    [],
    [['meetingId', '']],
    [['MeetingId', meetingId]],
    [['meeting', meetingId]],
    [['meetingId[]', meetingId]],
    [['__proto__', meetingId]],
    [['__proto__[meetingId]', meetingId]],
  ]);
  const path = target(random, scene, [...query, ...nothing]);
  // Of a parameter that comes twice the last counts.
  const twice = `${target(random, scene, [['meetingId', meetingId]])}&meetingId=`;
  const request = { target: random.pick([path, path, twice, scene.path, `${scene.path}?`]) };
  return { request, statusCode: 400, code: 'missing_meeting_id', named: 'meetingId' };
};

/** One parameter with a value that no text may have. */
function spoilt(random: Random, scene: UpgradeScene, value: string): UpgradeCase {
  const named = random.pick(['meetingId', 'userId', 'userName'] as const);
  const request = { target: target(random, scene, Object.entries({ ...scene.query, [named]: value })) };
  return { request, statusCode: 400, code: 'invalid_request', named };
}

const tooLongText: MakeUpgradeCase = (random, scene) =>
  spoilt(random, scene, plainText(random, between(random, 129, 200)));

const controlCharacters: MakeUpgradeCase = (random, scene) =>
  spoilt(random, scene, withInserted(random, plainText(random, random.below(50)), controlCharacter(random)));

const withHeaders = (
  random: Random,
  scene: UpgradeScene,
  headers: UpgradeRequest['headers'] = {},
): UpgradeRequest => ({ target: good(random, scene), headers });

const subprotocol: MakeUpgradeCase = (random, scene) => {
  const offered = random.pick([
    'cloudmeetx.v2',
    'CloudMeetX.v1',
    'chat',
    'bearer.a.b-c_d',
    "!#$%&'*+.^`|~",
    'a, b , c',
    'graphql-ws',
  ]);
  const name = random.pick(['Sec-WebSocket-Protocol', 'sec-websocket-protocol', 'SEC-WEBSOCKET-PROTOCOL']);
  const request = withHeaders(random, scene, { [name]: offered });
  return { request, statusCode: 400, code: 'unsupported_subprotocol' };
};

const wrongSubprotocol: MakeUpgradeCase = (random, scene) => {
  const offered = random.pick(['', ',', 'a,', ',a', 'a, a', 'a b', 'a;q=1', '"a"', 'a/b', 'é', 'a,,b', '{}']);
  const request = withHeaders(random, scene, { 'Sec-WebSocket-Protocol': offered });
  return { request, statusCode: 400 };
};

const wrongKey: MakeUpgradeCase = (random, scene) => {
  const letters = 'x'.repeat(random.pick([0, 1, 21, 23, 24, 25, 1000, random.below(20)]));
  const none: readonly string[] = [];
  const key = random.pick([
    none,
    letters,
    `${letters}==`,
    'dGhlIHNhbXBsZSBub25jZQ',
    '?'.repeat(22).concat('=='),
  ]);
  const twice = ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='];
  const request = withHeaders(random, scene, { 'Sec-WebSocket-Key': percent(random, 10) ? twice : key });
  return { request, statusCode: 400 };
};

const wrongVersion: MakeUpgradeCase = (random, scene) => {
  const none: readonly string[] = [];
  const version = random.pick([
    none,
    '',
    '0',
    '8',
    '12',
    '14',
    '013',
    '13.0',
    '13, 8',
    'thirteen',
    '-13',
    '1e1',
  ]);
  return {
    request: withHeaders(random, scene, { 'Sec-WebSocket-Version': version }),
    statusCode: 426,
    version: '13',
  };
};

const wrongMethod: MakeUpgradeCase = (random, scene) => {
  const method = random.pick(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']);
  return { request: { ...withHeaders(random, scene), method }, statusCode: 400 };
};

const wrongUpgrade: MakeUpgradeCase = (random, scene) => {
  const upgrade = random.pick(['h2c', 'websockets', 'web socket', 'TLS/1.0', 'x']);
  return { request: withHeaders(random, scene, { Upgrade: upgrade }), statusCode: 426 };
};

const wrongPath: MakeUpgradeCase = (random, scene) => {
  const paths = ['', '/', '/healthz', '/production2', '/productio', '/PRODUCTION', '/production/x'].concat(
    ['//production', '/production//', '/%70roduction', '/production%2F', '/./production', '/constructor'],
    [`/${encodeURIComponent(plainText(random, between(random, 1, 20)))}`],
  );
  const path = random.pick(paths) || '/x';
  return { request: { target: good(random, { ...scene, path }) }, statusCode: 403 };
};

const tooLongUrl: MakeUpgradeCase = (random, scene) => {
  const url = good(random, scene);
  const characters = random.pick([4097, between(random, 4097, 12_000)]);
  return { request: { target: `${url}&x=${'x'.repeat(characters - url.length - 3)}` }, statusCode: 414 };
};

/** What looks wrong and isn't, in a meeting of its own. */
const rightAfterAll: MakeUpgradeCase = (random, scene) => {
  const query = { meetingId: `upgrade-${scene.number}`, userId: '', userName: plainText(random, 128) };
  const plain = target(random, scene, [...Object.entries(query), ['__proto__', 'x'], ['constructor', '']]);
  const longest = `${plain}&x=`.padEnd(4096, 'x');
  const headers = { Upgrade: random.pick(['websocket', 'WebSocket']), ['__proto__']: 'x', constructor: 'x' };
  return { request: { target: random.pick([plain, `${plain}&%zz=%`, longest]), headers }, statusCode: 101 };
};

const kinds: readonly (readonly [kind: string, count: number, make: MakeUpgradeCase])[] = [
  ['no meetingId', 130, withoutMeeting],
  ['text too long', 130, tooLongText],
  ['control character', 180, controlCharacters],
  ['subprotocol', 130, subprotocol],
  ['malformed subprotocol', 60, wrongSubprotocol],
  ['wrong key', 140, wrongKey],
  ['wrong version', 100, wrongVersion],
  ['wrong method', 100, wrongMethod],
  ['wrong upgrade', 40, wrongUpgrade],
  ['wrong path', 130, wrongPath],
  ['URL too long', 100, tooLongUrl],
  ['plain HTTP', 80, plainHttp],
  ['malformed HTTP', 100, malformedHttp],
  ['oversize head', 20, oversizeHead],
  ['right after all', 60, rightAfterAll],
];

/** A case of an upgrade in its place of the run. */
export type UpgradePlan = { readonly number: number; readonly kind: string; readonly make: MakeUpgradeCase };

/** All upgrade requests, in an order by chance, numbered from this number. */
export function planUpgradeCases(random: Random, from: number): readonly UpgradePlan[] {
  const plans = kinds.flatMap(([kind, count, make]) => Array.from({ length: count }, () => ({ kind, make })));
  return shuffled(random, plans).map((plan, index) => ({ number: from + index, ...plan }));
}
