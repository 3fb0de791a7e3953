import { expect } from 'vitest';
import { TestClient } from '../harness/TestClient.ts';
import { countMessages } from './queues.ts';
import type { RunningDeployment } from './runDeployed.ts';
import type { Walkthrough } from './Walkthrough.ts';

/** What functions are told so that everything for more than one recipient is left to the queue. */
export const toldToQueue = { QUEUE_ABOVE_RECIPIENTS: '1' } as const;

/** Alice speaks to two people, which is left to the queue; and what the queue has taken, its worker brings to both. */
export async function tellMany(walk: Walkthrough, running: RunningDeployment): Promise<void> {
  const join = async (userId: string) => {
    const url = `${running.webSocketUrl}?${new URLSearchParams({ meetingId: 'town-hall', userId })}`;
    const client = await TestClient.connect(url, { protocols: ['cloudmeetx.v1'] });
    await client.replyTo({ action: 'join' });
    return client;
  };
  const alice = await join('alice');
  const bob = await join('bob');
  const carol = await join('carol');
  const carolsComing = { seq: 3, data: { eventType: 'user-joined', userId: 'carol' } };
  expect(await bob.next()).toMatchObject(carolsComing);

  const chat = { action: 'sendMessage', meetingId: 'town-hall', messageType: 'chat' };
  const data = 'Can everybody hear “me”? \ufffe \u{1d11e}';
  expect(await alice.replyTo({ ...chat, data })).toMatchObject({ type: 'ack', seq: 4, queued: 2 });
  for (const client of [bob, carol]) {
    expect(await client.next()).toMatchObject({ type: 'chat', seq: 4, from: { userId: 'alice' }, data });
  }
  // It was in moto's queue, and is there no more.
  expect(running.taken.filter((body) => body.includes('Can everybody hear “me”?'))).not.toEqual([]);
  await expect.poll(() => countMessages(walk, 'CloudMeetXDeliveries'), { timeout: 300_000 }).toBe(0);
  expect(await countMessages(walk, 'CloudMeetXDeadDeliveries')).toBe(0);
  await Promise.all([alice, bob, carol].map((client) => client.close()));
}
