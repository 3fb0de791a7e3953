import { expect, it } from 'vitest';
import { awsConnectEvent, awsMessageEvent } from '../../test/harness/awsEvents.ts';
import { testBackend } from '../../test/harness/backend.ts';
import { memoryMeetings } from '../../test/harness/embeddedMeetings.ts';
import { faultyMeetings } from '../../test/harness/faultyMeetings.ts';
import { createOnConnect } from '../onConnect/onConnect.ts';
import { createJoin } from './join.ts';

const query = { meetingId: 'standup', userId: 'alice', userName: 'Alice' };
const request = '{"action":"join"}';

it('logs who has joined with the number of people, which the welcome has counted', async () => {
  const { backend, logged } = testBackend();
  await createOnConnect(backend)(awsConnectEvent({ query }));
  await createJoin(backend)(awsMessageEvent(request));
  expect(logged.slice(1)).toMatchObject([
    { event: 'joined', userId: 'alice', outcome: 'first', participantCount: 1 },
  ]);
});

it('logs who has joined also where the welcome fails, and the failure with its meeting', async () => {
  const meetings = faultyMeetings(memoryMeetings(), async (method) => {
    if (method === 'roster') throw new Error('SECRET-TABLE is unreachable');
  });
  const { backend, logged } = testBackend({ meetings });
  await createOnConnect(backend)(awsConnectEvent({ query }));
  expect((await createJoin(backend)(awsMessageEvent(request))).statusCode).toBe(500);
  expect(logged.slice(1)).toMatchObject([
    { event: 'joined', meetingId: 'standup', userId: 'alice', outcome: 'first' },
    { level: 'error', event: 'error', meetingId: 'standup' },
  ]);
  expect(logged[1]).not.toHaveProperty('participantCount');
});
