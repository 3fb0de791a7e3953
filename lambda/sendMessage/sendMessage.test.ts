import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lambda/shared/backend.ts';
import { awsMessageEvent } from '../../test/harness/awsEvents.ts';
import { NOW_MS, testBackend } from '../../test/harness/backend.ts';
import { aConnection } from '../../test/harness/connections.ts';
import { memoryMeetings } from '../../test/harness/embeddedMeetings.ts';
import { faultyMeetings } from '../../test/harness/faultyMeetings.ts';
import { createSendMessage } from './sendMessage.ts';

const hello = JSON.stringify({ action: 'sendMessage', meetingId: 'standup', data: 'hello', requestId: 'r' });
const longAgoMs = NOW_MS - 3_600_000;

/** Alice and others, all connected long ago. */
async function inMeeting(backend: Backend, ...others: readonly string[]): Promise<void> {
  const limits = { connectionsPerMeeting: 100, connectionsPerUser: 5 };
  for (const userId of ['alice', ...others]) {
    const connection = aConnection({
      connectionId: `${userId}-1`,
      userId,
      userName: userId,
      connectedAtMs: longAgoMs,
    });
    await backend.meetings.connect(connection, limits);
  }
}

describe('sendMessage', () => {
  it('[MS1][AK1] sends the frame to each recipient and returns the ack as the route response', async () => {
    const { backend, connections } = testBackend();
    await inMeeting(backend, 'bob', 'carol');
    const result = await createSendMessage(backend)(awsMessageEvent(hello));
    expect(result).toEqual({
      statusCode: 200,
      body: '{"type":"ack","requestId":"r","messageId":"m1","sent":2,"failed":0,"stale":0}',
    });
    const frame =
      '{"type":"message","from":{"connectionId":"alice-1","userId":"alice","userName":"alice"},"data":"hello","timestamp":"2026-11-22T08:04:01.000Z","messageId":"m1"}';
    expect(connections.calls).toEqual([`send bob-1 ${frame}`, `send carol-1 ${frame}`]);
  });

  it('[TG8] removes the recipient that is gone, and never the sender', async () => {
    const { backend, connections, logged } = testBackend();
    await inMeeting(backend, 'bob', 'carol');
    connections.outcomes.set('bob-1', 'gone');
    const { body } = await createSendMessage(backend)(awsMessageEvent(hello));
    expect(body).toContain('"sent":1,"failed":0,"stale":1');
    expect(await backend.meetings.find('bob-1' as never)).toBeUndefined();
    expect(await backend.meetings.find('alice-1' as never)).toBeDefined();
    expect(logged).toContainEqual(
      expect.objectContaining({ event: 'stale removed', staleConnectionId: 'bob-1' }),
    );
  });

  it('[AK2] keeps the membership of a recipient that could not be sent to', async () => {
    const { backend, connections, logged } = testBackend();
    await inMeeting(backend, 'bob', 'carol');
    connections.outcomes.set('bob-1', 'failed');
    const { body } = await createSendMessage(backend)(awsMessageEvent(hello));
    expect(body).toContain('"sent":1,"failed":1,"stale":0');
    expect(await backend.meetings.find('bob-1' as never)).toBeDefined();
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'warn', event: 'send failed', failed: 1 }),
    );
  });

  it('[AK1] acks what was sent even when the gone cannot be removed', async () => {
    const meetings = faultyMeetings(memoryMeetings(), async (method) => {
      if (method === 'leave') throw new Error('SECRET-TABLE is unreachable');
    });
    const { backend, connections, logged } = testBackend({ meetings });
    await inMeeting(backend, 'bob', 'carol');
    connections.outcomes.set('bob-1', 'gone');
    const { body } = await createSendMessage(backend)(awsMessageEvent(hello));
    expect(body).toContain('"sent":1,"failed":0,"stale":1');
    expect(body).not.toContain('SECRET');
    expect(logged).toContainEqual(expect.objectContaining({ level: 'error', event: 'error' }));
  });

  it('[RQ1] reads the text itself, since API Gateway may route what is no JSON', async () => {
    const { backend } = testBackend();
    await inMeeting(backend);
    const result = await createSendMessage(backend)(awsMessageEvent('{action:"sendMessage"}'));
    expect(result).toMatchObject({ statusCode: 400, body: expect.stringContaining('invalid_json') });
  });

  it('[LM3] takes a token before it reads the message', async () => {
    const { backend } = testBackend({
      rateLimit: { take: async () => ({ outcome: 'refused', retryAfterMs: 20 }) },
    });
    await inMeeting(backend);
    const { statusCode, body } = await createSendMessage(backend)(awsMessageEvent('no JSON'));
    expect(statusCode).toBe(429);
    expect(body).toContain('"retryAfterMs":20');
  });

  it('never logs what a message says', async () => {
    const { backend, connections, logged } = testBackend();
    await inMeeting(backend, 'bob', 'carol');
    connections.outcomes.set('bob-1', 'failed').set('carol-1', 'gone');
    const secret = hello.replace('hello', 'my password');
    await createSendMessage(backend)(awsMessageEvent(secret));
    await createSendMessage(backend)(awsMessageEvent(secret.replace('standup', 'elsewhere')));
    expect(logged.length).toBeGreaterThan(2);
    expect(JSON.stringify(logged)).not.toContain('password');
  });
});
