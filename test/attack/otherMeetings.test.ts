import { describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../harness/server.ts';
import type { Frame, TestClient } from '../harness/TestClient.ts';
import { expectUntouched } from './untouched.ts';

const hello = { action: 'sendMessage', data: 'hello' };
// What a token of the rate costs is no answer to what is asked here.
const unlimited = { RATE_LIMIT_MESSAGES_PER_SECOND: '0' };

/** Alice hosts the standup, where she has said a secret to bob; mallory hosts another meeting. */
async function twoMeetings(server: TestServer) {
  const { client: alice, welcome } = await server.join('alice');
  const { client: bob } = await server.join('bob');
  await alice.replyTo({ ...hello, meetingId: 'standup', messageType: 'chat', data: 'the secret' });
  expect(await bob.next()).toMatchObject({ data: 'the secret' });
  alice.forget();
  const { client: mallory } = await server.join('mallory', {}, { meetingId: 'elsewhere' });
  return { alice, bob, mallory, standup: welcome.log, alicesId: welcome.self.connectionId };
}

/** What is answered to a request, and what the answer cost. */
async function answerTo(server: TestServer, client: TestClient, request: Frame) {
  const from = server.storeCalls.length;
  client.send({ ...request, requestId: 'r' });
  const text = await client.nextText();
  return { text, calls: server.storeCalls.slice(from) };
}

const chatsIn = ({ entries }: Frame): readonly unknown[] =>
  (entries as Frame[]).filter(({ type }) => type === 'chat').map(({ data }) => data);

const codeOf = ({ text }: { readonly text: string }): unknown => (JSON.parse(text) as Frame).code;

describe('somebody in another meeting', () => {
  it('[TG7] who sends to a user or a connection there learns nothing, neither by answer nor by effort', async () => {
    const server = await startTestServer(unlimited);
    const { alice, bob, mallory, alicesId } = await twoMeetings(server);
    for (const [known, unknown] of [
      [{ targetUserId: 'alice' }, { targetUserId: 'nobody' }],
      [{ targetConnectionId: alicesId }, { targetConnectionId: 'AAAAAAAAAAIAAAA=' }],
    ] as const) {
      const there = await answerTo(server, mallory, { ...hello, ...known });
      const nowhere = await answerTo(server, mallory, { ...hello, ...unknown });
      expect(codeOf(there)).toBe('target_not_found');
      expect(there).toEqual(nowhere);
      expect(there.calls).not.toEqual([]);
    }
    await expectUntouched(alice, bob);
    expect(await bob.request({ ...hello, targetUserId: 'alice' })).toMatchObject({ type: 'ack', sent: 1 });
    expect(await bob.request({ ...hello, targetConnectionId: alicesId })).toMatchObject({ sent: 1 });
  });

  it('[TG6] who sends to that meeting learns nothing, not even whether it takes place', async () => {
    const server = await startTestServer(unlimited);
    const { alice, bob, mallory } = await twoMeetings(server);
    for (const messageType of ['message', 'chat', 'event']) {
      const request = { ...hello, messageType };
      const there = await answerTo(server, mallory, { ...request, meetingId: 'standup' });
      const nowhere = await answerTo(server, mallory, { ...request, meetingId: 'nowhere' });
      expect(codeOf(there)).toBe('other_meeting');
      expect(there).toEqual(nowhere);
    }
    await expectUntouched(alice, bob);
    expect(chatsIn(await alice.replyTo({ action: 'history' }))).toEqual(['the secret']);
    expect(await mallory.request({ ...hello, meetingId: 'elsewhere' })).toMatchObject({ type: 'ack' });
  });

  it('[RM3] a host who removes somebody there removes nobody, and learns nothing', async () => {
    const server = await startTestServer(unlimited);
    const { alice, bob, mallory } = await twoMeetings(server);
    const there = await answerTo(server, mallory, { action: 'remove', userId: 'bob', meetingId: 'standup' });
    const nowhere = await answerTo(server, mallory, { action: 'remove', userId: 'nobody' });
    expect(codeOf(there)).toBe('target_not_found');
    expect(there).toEqual(nowhere);
    await expectUntouched(alice, bob);
    expect((await server.join('bob')).welcome.type).toBe('welcome');
    expect(await alice.replyTo({ action: 'remove', userId: 'bob' })).toMatchObject({ type: 'ack' });
  });

  it('[RM1] a host who removes somebody from one meeting leaves them in another', async () => {
    const server = await startTestServer();
    const { bob, mallory } = await twoMeetings(server);
    const { client: bobElsewhere } = await server.join('bob', {}, { meetingId: 'elsewhere' });
    expect(await mallory.replyTo({ action: 'remove', userId: 'bob' })).toMatchObject({ type: 'ack' });
    await bobElsewhere.closed;
    await expectUntouched(bob);
    expect((await server.join('bob')).welcome.type).toBe('welcome');
  });

  it('[LK1] a host who locks there locks nothing but the own meeting', async () => {
    const server = await startTestServer();
    const { alice, bob, mallory } = await twoMeetings(server);
    expect(await mallory.replyTo({ action: 'lock', meetingId: 'standup' })).toMatchObject({ type: 'ack' });
    await expectUntouched(alice, bob);
    expect((await server.join('carol')).welcome).toMatchObject({ type: 'welcome', locked: false });
    const carol = await server.connectV1('carol', { meetingId: 'elsewhere' });
    expect(await carol.replyTo({ action: 'join' })).toMatchObject({ code: 'meeting_locked' });
  });

  it('[LG6][PT1] who asks for the log or the participants there gets those of the own meeting', async () => {
    const server = await startTestServer();
    const { mallory, standup } = await twoMeetings(server);
    for (const request of [
      { action: 'history', meetingId: 'standup', epoch: standup.epoch },
      { action: 'history', meetingId: 'standup', after: 0, targetMeetingId: 'standup' },
      { action: 'participants', meetingId: 'standup' },
      { action: 'participants', meetingId: 'standup', after: 'alic', epoch: standup.epoch },
    ]) {
      const { text } = await answerTo(server, mallory, request);
      expect(text).toMatch(/mallory/);
      expect(text).not.toMatch(/secret|alice|bob/);
      expect(text).not.toContain(standup.epoch);
    }
  });

  it('[JN5] who joins with the epoch of the log there recovers nothing of it', async () => {
    const server = await startTestServer();
    const { standup } = await twoMeetings(server);
    const elsewhere = { meetingId: 'elsewhere' };
    for (const epoch of [standup.epoch, 'made-up']) {
      const join = { since: { epoch, seq: 0 }, meetingId: 'standup' };
      const { welcome } = await server.join('eve', join, elsewhere);
      expect(welcome).toMatchObject({ meetingId: 'elsewhere', log: { recovered: false } });
      expect(JSON.stringify(welcome)).not.toMatch(/secret|alice|bob/);
    }
  });

  it('[JN8][CN7] who joins in the place of a connection of somebody else takes nobody’s place', async () => {
    const server = await startTestServer({ MAX_CONNECTIONS_PER_MEETING: '2' });
    const { alice, bob, alicesId } = await twoMeetings(server);
    for (const meetingId of ['elsewhere', 'standup']) {
      const eve = await server.connectV1('eve', { meetingId });
      const answer = await eve.replyTo({ action: 'join', replaces: alicesId });
      expect(answer).toMatchObject(meetingId === 'standup' ? { code: 'meeting_full' } : { type: 'welcome' });
    }
    await expectUntouched(alice, bob);
    const { welcome } = await server.join('alice', { replaces: alicesId });
    expect(welcome.type).toBe('welcome');
  });
});
