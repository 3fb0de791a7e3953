import { expect } from 'vitest';
import { TestClient } from '../harness/TestClient.ts';

/**
 * Alice and Bob connect, write to each other, and Bob leaves; then Alice connects until her oldest connection gives way.
 * So every call is made that the functions make.
 */
export async function chat(webSocketUrl: string): Promise<void> {
  const url = (userId: string) =>
    `${webSocketUrl}?${new URLSearchParams({ meetingId: 'planning', userId, userName: userId })}`;
  const alice = await TestClient.connect(url('alice'));
  const bob = await TestClient.connect(url('bob'));
  const message = { action: 'sendMessage', messageType: 'chat' };

  expect(await alice.request({ ...message, meetingId: 'planning', data: 'Hello' })).toMatchObject({
    type: 'ack',
    sent: 1,
    failed: 0,
  });
  const heard = await bob.next();
  expect(heard).toMatchObject({ type: 'chat', from: { userId: 'alice' }, data: 'Hello' });

  const { connectionId } = heard.from as { connectionId: string };
  expect(await bob.request({ ...message, targetConnectionId: connectionId, data: 'Hi' })).toMatchObject({
    type: 'ack',
    sent: 1,
  });
  expect(await alice.next()).toMatchObject({ type: 'chat', from: { userId: 'bob' }, data: 'Hi' });
  expect(await bob.request({ ...message, targetUserId: 'alice', data: 'Bye' })).toMatchObject({ sent: 1 });
  expect(await alice.next()).toMatchObject({ data: 'Bye' });
  expect(await alice.request({ action: 'dance' })).toMatchObject({ type: 'error', status: 400 });

  await bob.close();
  const others = [];
  for (let connections = 1; connections <= 5; connections++) {
    others.push(await TestClient.connect(url('alice')));
  }
  expect(await alice.next()).toMatchObject({ type: 'bye', code: 'replaced' });
  await alice.closed;
  await Promise.all(others.map((client) => client.close()));
}
