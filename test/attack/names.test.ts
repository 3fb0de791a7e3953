import { describe, expect, it } from 'vitest';
import { startTestServer } from '../harness/server.ts';
import { type Frame, TestClient } from '../harness/TestClient.ts';
import { expectUntouched } from './untouched.ts';

const hello = { action: 'sendMessage', data: 'hello' };

/** What is no character of an id or a name, and ids too long. */
const wrong = [
  '\u0000',
  'alice\u0000',
  'a\r\nb',
  'a\tb',
  '\u007f',
  '\u0085',
  '\u009f',
  '\u001b[2J',
  'x'.repeat(129),
];

/** The same to the eye, or to something that folds, trims or normalizes. */
const lookAlikes = [
  ['é', '\u00e9', 'e\u0301'],
  ['a', 'а', 'ａ', '𝐚'],
  ['bob', 'Bob', 'BOB', 'bob ', ' bob', 'bob\u00a0', 'bo\u200db', 'bob\u200b', '\u202ebob', '\ufeffbob'],
  ['ss', 'ß', 'ſs'],
  ['k', 'K', '\u212a'],
  ['i', 'İ', 'ı', 'i\u0307'],
].map((alike) => [...new Set(alike)]);

/** What stores, paths and patterns, and what our own keys are made of, might take for something else. */
const separators = [
  ...[
    '#',
    'user#',
    'user#alice',
    'ban#alice',
    'rate#alice',
    'req#alice',
    'entry#000000000001',
    'state',
    'head',
  ],
  ...['__proto__', '*', '%', "' OR 1=1 --", '["a","b"]', '../..', '%00', '\uffff', '😀'.repeat(128)],
];

describe('ids and names', () => {
  it('[CN2] control characters, and ids too long, are refused with the upgrade', async () => {
    const server = await startTestServer();
    const queries = [
      ...wrong.map((userId) => ({ userId })),
      ...wrong.slice(0, 2).flatMap((value) => [{ meetingId: value }, { userName: value }]),
    ];
    for (const query of queries) {
      const url = server.url({ meetingId: 'standup', userId: 'alice', ...query });
      const { statusCode, body } = await TestClient.refused(url);
      expect([statusCode, JSON.parse(body).code]).toEqual([400, 'invalid_request']);
    }
    expect((await server.join('alice')).welcome).toMatchObject({ participantCount: 1 });
  });

  it('[CN2] bytes that are no UTF-8 are never the id of somebody else', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    for (const bytes of ['%C1%A1lice', '%E0%81%A1lice', 'alice%FF', '%ED%A0%80', 'alice%', '%uFF41lice']) {
      const eve = await TestClient.connect(`${server.webSocketUrl}?meetingId=standup&userId=${bytes}`);
      eve.send({ ...hello, targetUserId: 'alice' });
      const { from } = await alice.next();
      expect(from).toMatchObject({ userId: expect.not.stringMatching(/^alice$/) });
    }
  });

  it('[TG5][RQ4][JN3][RM3] control characters and half pairs are refused in every field of a frame', async () => {
    const server = await startTestServer();
    const { client: alice } = await server.join('alice');
    const fields: readonly (readonly [string, Frame])[] = [
      ['targetConnectionId', hello],
      ['targetUserId', hello],
      ['meetingId', hello],
      ['userId', { action: 'remove' }],
      ['session', { action: 'join' }],
      ['replaces', { action: 'join' }],
      ['after', { action: 'participants' }],
      ['requestId', { action: 'history' }],
    ];
    for (const [field, request] of fields) {
      for (const value of [...wrong, '\ud800', 'a\udc00']) {
        const answer = await alice.request({ ...request, [field]: value });
        expect(answer).toMatchObject({ code: 'invalid_request', details: { field } });
      }
    }
    expect(await alice.request({ ...hello, targetUserId: 'alice' })).toBeDefined();
  });

  it('[TG2][CN8] users that look alike get nothing that is for one another', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_USER: '1' });
    const { client: hub } = await server.join('hub');
    const people = lookAlikes.flat();
    const clients = [];
    for (const userId of people) clients.push(await server.connect(userId));
    for (const [index, targetUserId] of people.entries())
      expect(await hub.replyTo({ ...hello, targetUserId, data: index })).toMatchObject({
        type: 'ack',
        sent: 1,
      });
    for (const [index, client] of clients.entries()) {
      await client.replyTo({ action: 'history', limit: 1 });
      const messages = client.unread.filter(({ type }) => type === 'message');
      expect(messages.map(({ data }) => data)).toEqual([index]);
    }
  });

  it('[TG6][LG2] meetings that look alike have each a log and a host of its own', async () => {
    const server = await startTestServer();
    for (const meetingId of [...lookAlikes.flat(), ...separators]) {
      const { client, welcome } = await server.join('alice', {}, { meetingId });
      expect(welcome).toMatchObject({
        meetingId,
        participantCount: 1,
        self: { role: 'host' },
      });
      const chat = { ...hello, meetingId, messageType: 'chat', requestId: 'r1' };
      expect(await client.replyTo(chat)).toMatchObject({ type: 'ack', sent: 0 });
      expect(await chatsIn(client)).toHaveLength(1);
    }
  });

  it('[RM1][RM2] removing somebody ends nobody who looks alike, and keeps nobody else out', async () => {
    const server = await startTestServer();
    const { client: host } = await server.join('host');
    for (const [removed = '', ...others] of lookAlikes) {
      const client = await server.connect(removed);
      const bystanders = [];
      for (const userId of others) bystanders.push(await server.connect(userId));
      expect(await host.replyTo({ action: 'remove', userId: removed })).toMatchObject({ type: 'ack' });
      await client.closed;
      await expectUntouched(...bystanders);
      for (const userId of others) await server.connect(userId);
      await expect(server.connect(removed)).rejects.toThrow('403');
    }
  });

  it('[LG4] requestIds that look alike are those of different requests', async () => {
    const server = await startTestServer();
    const { client } = await server.join('alice');
    const chat = { ...hello, meetingId: 'standup', messageType: 'chat' };
    const requestIds = [...lookAlikes.flat(), ...separators];
    for (const requestId of requestIds)
      expect(await client.replyTo({ ...chat, requestId, data: requestId })).toMatchObject({ type: 'ack' });
    for (const [userId, requestId] of [
      ['a', 'b#c'],
      ['a#b', 'c'],
      ['["x"', 'y"]'],
      ['["x","y"]', ''],
    ] as const) {
      const { client: other } = await server.join(userId);
      const request = requestId === '' ? chat : { ...chat, requestId };
      other.send({ ...request, data: userId });
      expect(await other.frame(({ type }) => type === 'ack')).not.toHaveProperty('code');
    }
    expect(await chatsIn(client)).toHaveLength(requestIds.length + 4);
  });

  it('[LG2][JN4][RM1] the separators of our own keys, as ids, harm nothing that is kept', async () => {
    const server = await startTestServer();
    const { client: host } = await server.join('host');
    for (const userId of separators) {
      const { client } = await server.join(userId, { session: userId });
      const chat = { ...hello, meetingId: 'standup', messageType: 'chat', requestId: userId };
      expect(await client.replyTo(chat)).toMatchObject({ type: 'ack' });
      expect(await host.replyTo({ ...hello, targetUserId: userId })).toMatchObject({ sent: 1 });
    }
    expect(idsIn(await host.replyTo({ action: 'participants' }))).toEqual(new Set(['host', ...separators]));
    expect(await chatsIn(host)).toHaveLength(separators.length);
    expect(await host.replyTo({ action: 'lock' })).toMatchObject({ type: 'ack' });
    for (const userId of separators)
      expect(await host.replyTo({ action: 'remove', userId })).toMatchObject({ type: 'ack' });
    const roster = await host.replyTo({ action: 'participants' });
    expect(roster).toMatchObject({ participantCount: 1 });
    expect((await server.join('host')).welcome).toMatchObject({ locked: true, self: { role: 'host' } });
  });

  it('[RM2] a ban holds for no other pair of meeting and user, however the two are written together', async () => {
    const server = await startTestServer();
    for (const [here, there] of [
      [
        ['a', 'b#c'],
        ['a#b', 'c'],
      ],
      [
        ['a', 'user#b'],
        ['a#user', 'b'],
      ],
      [
        ['a","b', 'c'],
        ['a', 'b","c'],
      ],
    ] as const) {
      const { client: host } = await server.join('host', {}, { meetingId: here[0] });
      const { client: removed } = await server.join(here[1], {}, { meetingId: here[0] });
      expect(await host.replyTo({ action: 'remove', userId: here[1] })).toMatchObject({ type: 'ack' });
      await removed.closed;
      expect((await server.join(there[1], {}, { meetingId: there[0] })).welcome.type).toBe('welcome');
    }
  });
});

const idsIn = (roster: Frame): ReadonlySet<string> =>
  new Set((roster.participants as { userId: string }[]).map(({ userId }) => userId));

/** The log's chats, in their order; sees that the log has no hole. */
async function chatsIn(client: TestClient): Promise<readonly Frame[]> {
  const entries = (await client.replyTo({ action: 'history', after: 0 })).entries as Frame[];
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  return entries.filter(({ type }) => type === 'chat');
}
