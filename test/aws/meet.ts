import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { DynamoMeetings } from '../../src/aws/DynamoMeetings.ts';
import type { ConnectionId, MeetingId, UserId } from '../../src/protocol/ids.ts';
import { type Frame, TestClient } from '../harness/TestClient.ts';
import { dynamodbOf } from './inventory.ts';
import type { RunningDeployment } from './runDeployed.ts';
import type { Walkthrough } from './Walkthrough.ts';

type Join = (userId: string) => Promise<{ readonly client: TestClient; readonly welcome: Frame }>;

/**
 * Alice and Bob join by v1, chat, tell of themselves, read who is there and what was said; Alice, who is host, locks,
 * unlocks and removes; and Bob leaves. And Carol, whose connection ended without anybody being told, is found by the schedule.
 */
export async function meet(walk: Walkthrough, running: RunningDeployment): Promise<void> {
  const join: Join = async (userId) => {
    const url = `${running.webSocketUrl}?${new URLSearchParams({ meetingId: 'review', userId })}`;
    const client = await TestClient.connect(url, { protocols: ['cloudmeetx.v1'] });
    return { client, welcome: await client.request({ action: 'join', session: `tab of ${userId}` }) };
  };
  const { client: alice, welcome } = await join('alice');
  expect(welcome).toMatchObject({ type: 'welcome', participantCount: 1, log: { seq: 1 } });
  const { client: bob } = await join('bob');
  expect(await alice.next()).toMatchObject({ seq: 2, data: { eventType: 'user-joined', userId: 'bob' } });

  const chat = { action: 'sendMessage', meetingId: 'review', messageType: 'chat', data: 'Shall we?' };
  expect(await alice.request({ ...chat, requestId: 'c1' })).toMatchObject({ type: 'ack', seq: 3, sent: 1 });
  expect(await bob.next()).toMatchObject({ type: 'chat', seq: 3, data: 'Shall we?' });
  expect(await bob.request({ action: 'update', attributes: { hand: true } })).toMatchObject({ type: 'ack' });
  expect(await alice.next()).toMatchObject({ data: { eventType: 'user-updated', userId: 'bob' } });
  expect(await bob.request({ action: 'participants' })).toMatchObject({
    participants: [{ userId: 'alice' }, { userId: 'bob', connections: [{ attributes: { hand: true } }] }],
  });
  expect(await bob.request({ action: 'ping' })).toEqual({ type: 'pong' });

  await plantGhost(walk, 'carol');
  await running.passTime();
  const gone = { seq: 5, data: { eventType: 'user-left', userId: 'carol', reason: 'connection-lost' } };
  expect(await alice.next()).toMatchObject(gone);
  expect(await bob.next()).toMatchObject(gone);

  await host(alice, bob, join);

  expect(await bob.request({ action: 'leave' })).toMatchObject({ type: 'ack' });
  expect(await alice.next()).toMatchObject({ seq: 8, data: { userId: 'bob', reason: 'left' } });
  expect(await alice.request({ action: 'history', after: 1 })).toMatchObject({
    type: 'history',
    seq: 8,
    entries: [
      { seq: 2 },
      { type: 'chat', seq: 3, data: 'Shall we?' },
      ...[4, 5, 6, 7, 8].map((seq) => ({ seq })),
    ],
    more: false,
  });
  await Promise.all([alice.close(), bob.close()]);
}

/** The first to come locks the meeting, lets people in again, and removes one. */
async function host(alice: TestClient, bob: TestClient, join: Join): Promise<void> {
  expect(await alice.request({ action: 'lock' })).toMatchObject({ type: 'ack' });
  expect(await bob.next()).toMatchObject({ data: { eventType: 'meeting-locked' } });
  expect(await alice.request({ action: 'unlock' })).toMatchObject({ type: 'ack' });
  expect(await bob.next()).toMatchObject({ data: { eventType: 'meeting-unlocked' } });
  const { client: mallory } = await join('mallory');
  for (const client of [alice, bob]) {
    expect(await client.next()).toMatchObject({ seq: 6, data: { eventType: 'user-joined' } });
  }
  expect(await alice.replyTo({ action: 'remove', userId: 'mallory' })).toMatchObject({ type: 'ack' });
  const removed = { seq: 7, data: { eventType: 'user-left', userId: 'mallory' } };
  for (const client of [alice, bob]) expect(await client.next()).toMatchObject(removed);
  expect(await mallory.next()).toMatchObject({ type: 'bye', code: 'removed' });
  await mallory.closed;
}

/** Somebody who joined so long ago that a sweep asks for them, and whose connection nobody knows any more. */
async function plantGhost(walk: Walkthrough, userId: string): Promise<void> {
  const dynamodb = dynamodbOf(walk);
  const meetings = new DynamoMeetings({
    documents: DynamoDBDocumentClient.from(dynamodb),
    tables: { connections: 'CloudMeetXConnections', meetings: 'CloudMeetXMeetings' },
    connectionTtlSeconds: 86_400,
    historyTtlSeconds: 86_400,
    now: Date.now,
    newId: () => crypto.randomUUID(),
    sleep: async () => {},
    random: Math.random,
  });
  const ghost = {
    connectionId: 'ghost' as ConnectionId,
    meetingId: 'review' as MeetingId,
    userId: userId as UserId,
    userName: userId,
    connectedAtMs: Date.now() - 11 * 60_000,
    client: 'v1',
  } as const;
  const limits = { connectionsPerMeeting: 10, connectionsPerUser: 5 };
  await meetings.connect(ghost, limits);
  await meetings.join(ghost, { session: undefined, replaces: undefined, attributes: {}, limits });
  dynamodb.destroy();
}
