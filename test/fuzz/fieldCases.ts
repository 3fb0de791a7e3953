import type { Random } from '../harness/random.ts';
import {
  between,
  controlCharacter,
  jsonString,
  jsonValue,
  loneSurrogate,
  percent,
  plainText,
  withInserted,
} from './chance.ts';
import {
  acked,
  aRequest,
  type Draft,
  type MakeTextCase,
  refused,
  withMember,
  withoutMember,
  withoutTarget,
} from './textCase.ts';

const quoted = JSON.stringify;

/** The JSON of anything that is no id: no string, or not 1 to 128 characters, or with what no character is. */
export const noId = (random: Random): string =>
  random.pick([
    random.pick(['0', '1', 'true', 'false', '1e400', '[]', '{}', '""', '["witness"]', '{"length":1}']),
    jsonString(random, plainText(random, between(random, 129, 400))),
    quoted('x'.repeat(between(random, 129, 2000))),
    jsonString(random, withInserted(random, plainText(random, random.below(100)), controlCharacter(random))),
    jsonString(random, withInserted(random, 'witness', loneSurrogate(random))),
    `{"userId":${jsonValue(random)}}`,
  ]);

/** A request for nobody: without a target, or with null for each. */
export const withoutAnyTarget: MakeTextCase = (random, scene, number) => {
  const draft = withoutTarget(aRequest(random, scene, number));
  const nothing: readonly (readonly [string, string])[] = [
    ['meetingId', 'null'],
    ['targetUserId', 'null'],
    ['targetConnectionId', 'null'],
    ['__proto__', `{"meetingId":${quoted(scene.meetingId)}}`],
    ['MeetingId', quoted(scene.meetingId)],
    ['userId', quoted(scene.witness.userId)],
  ];
  const members = nothing.filter(() => percent(random, 30));
  return refused(random, { ...draft, members: [...draft.members, ...members] }, 'missing_target');
};

const targets = ['targetConnectionId', 'targetUserId', 'meetingId'] as const;

/** A target that is no id; less specific ones beside it are right, and don't help. */
export const wrongTarget: MakeTextCase = (random, scene, number) => {
  const specificity = random.below(targets.length);
  const draft = withoutTarget(aRequest(random, scene, number));
  const right = [
    ['targetUserId', quoted(scene.witness.userId)],
    ['meetingId', quoted(scene.meetingId)],
  ] as const;
  const members = [
    ...draft.members,
    [targets[specificity] ?? 'meetingId', noId(random)] as const,
    ...right.slice(specificity).filter(() => percent(random, 40)),
  ];
  return refused(random, { ...draft, members }, 'invalid_request');
};

/** A broadcast to a meeting that isn't the sender's: the pair's, one like the sender's, any. */
export const anotherMeeting: MakeTextCase = (random, scene, number) => {
  const meetingId = random.pick([
    scene.elsewhere.meetingId,
    scene.elsewhere.meetingId,
    ` ${scene.meetingId}`,
    scene.meetingId.toUpperCase(),
    random.pick(['__proto__', 'constructor', 'toString', '*', '.', '$default']),
    `no ${plainText(random, random.below(100))}`,
  ]);
  const draft = withoutTarget(aRequest(random, scene, number));
  return refused(random, withMember(draft, 'meetingId', jsonString(random, meetingId)), 'other_meeting');
};

/** A user or connection that is nowhere, or in the pair's meeting: nobody can tell which. */
export const notFound: MakeTextCase = (random, scene, number) => {
  const stranger = random.pick(scene.elsewhere.people);
  const nobody = random.pick(['__proto__', 'constructor', `no ${plainText(random, random.below(100))}`]);
  const key = random.pick(['targetUserId', 'targetConnectionId'] as const);
  const id = key === 'targetUserId' ? stranger.userId : stranger.connectionId;
  const draft = withoutTarget(aRequest(random, scene, number));
  const named = withMember(draft, key, jsonString(random, percent(random, 70) ? id : nobody));
  const meetingId = random.pick([scene.meetingId, scene.elsewhere.meetingId]);
  const draftOrBoth = percent(random, 40) ? withMember(named, 'meetingId', quoted(meetingId)) : named;
  return refused(random, draftOrBoth, 'target_not_found');
};

/** A request that says nothing. */
export const withoutData: MakeTextCase = (random, scene, number) => {
  const draft = withoutMember(aRequest(random, scene, number), 'data');
  const nothing: readonly Draft[] = [
    draft,
    withMember(draft, 'data', 'null'),
    withMember(draft, 'Data', '1'),
    withMember(draft, '__proto__', '{"data":1}'),
    withMember(draft, 'constructor', '{"prototype":{"data":1}}'),
  ];
  return refused(random, random.pick(nothing), 'missing_data');
};

const serverFrames = ['ack', 'error', 'welcome', 'pong', 'history', 'participants', 'bye', 'void'];

/** A messageType that only the server may use, or that is no token. */
export const wrongMessageType: MakeTextCase = (random, scene, number) => {
  const json = random.pick([
    jsonString(random, random.pick(serverFrames)),
    jsonString(random, random.pick(serverFrames)),
    quoted(random.pick(['', ' ', '1a', '_a', '.a', ':', '-', 'a b', 'chat\n', '\nchat', 'é', 'chat\u0000'])),
    jsonString(random, `a${plainText(random, 5)}\u00e9`),
    quoted('a'.repeat(between(random, 65, 300))),
    random.pick(['0', 'true', '[]', '["chat"]', '{}', '{"toString":"chat"}']),
    `[${jsonValue(random)}]`,
  ]);
  return refused(
    random,
    withMember(aRequest(random, scene, number), 'messageType', json),
    'invalid_message_type',
  );
};

/** A requestId that can't be one, and that no reply may echo. */
export const wrongRequestId: MakeTextCase = (random, scene, number) => {
  const draft = { ...aRequest(random, scene, number), requestId: undefined };
  return refused(random, withMember(draft, 'requestId', noId(random)), 'invalid_request');
};

/** A clientSeq that is no whole number from 0 to 2^53 − 1. */
export const wrongClientSeq: MakeTextCase = (random, scene, number) => {
  const json = random.pick([
    random.pick(['-1', '0.5', '1e400', '-1e400', '9007199254740992', '1e16', '1e-3', '-9007199254740993']),
    random.pick(['"1"', '""', 'true', 'false', '[]', '[1]', '{}', '{"valueOf":1}']),
    String(-between(random, 1, 1e9)),
    `${random.below(1e6)}.${between(random, 1, 9)}`,
    jsonString(random, plainText(random, random.below(10))),
  ]);
  return refused(random, withMember(aRequest(random, scene, number), 'clientSeq', json), 'invalid_request');
};

/** What looks wrong and isn't: nulls for absent, and anything in targets that are less specific than another. */
export const rightAfterAll: MakeTextCase = (random, scene, number) => {
  const { witness, elsewhere } = scene;
  const unread = () => random.pick([quoted(elsewhere.meetingId), noId(random)]);
  const members = random.pick<readonly (readonly [string, string])[]>([
    [
      ['targetConnectionId', 'null'],
      ['targetUserId', 'null'],
      ['meetingId', quoted(scene.meetingId)],
    ],
    [
      ['targetConnectionId', 'null'],
      ['targetUserId', quoted(witness.userId)],
      ['meetingId', unread()],
    ],
    [
      ['targetConnectionId', quoted(witness.connectionId)],
      ['targetUserId', unread()],
      ['meetingId', unread()],
    ],
  ]);
  const draft = withoutTarget(aRequest(random, scene, number));
  const nulls = ['messageType', 'clientSeq'].filter(() => percent(random, 50));
  const { requestId, members: others } = nulls.reduce((all, key) => withMember(all, key, 'null'), draft);
  return acked(random, { requestId, members: [...others, ...members] });
};

/** A request without a fault, lest refusing everything would do. */
export const wellFormed: MakeTextCase = (random, scene, number) => {
  const right = acked(random, aRequest(random, scene, number));
  return percent(random, 30) ? { ...right, fragmentBytes: between(random, 1, 50) } : right;
};
