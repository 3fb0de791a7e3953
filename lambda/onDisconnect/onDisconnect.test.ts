import { describe, expect, it } from 'vitest';
import { awsConnectEvent, awsDisconnectEvent } from '../../test/harness/awsEvents.ts';
import { testBackend } from '../../test/harness/backend.ts';
import { memoryMeetings } from '../../test/harness/embeddedMeetings.ts';
import { faultyMeetings } from '../../test/harness/faultyMeetings.ts';
import { createOnConnect } from '../onConnect/onConnect.ts';
import { createOnDisconnect } from './onDisconnect.ts';

describe('$disconnect', () => {
  it('[CN9] ends the membership once, and takes a repeat', async () => {
    const { backend, logged } = testBackend();
    await createOnConnect(backend)(awsConnectEvent({ query: { meetingId: 'standup' } }));
    const onDisconnect = createOnDisconnect(backend);
    const event = awsDisconnectEvent(1005, 'Client-side close frame status not set');
    expect(await onDisconnect(event)).toEqual({ statusCode: 200 });
    expect(await backend.meetings.find('alice-1' as never)).toBeUndefined();
    expect(await onDisconnect(event)).toEqual({ statusCode: 200 });
    expect(logged.slice(1)).toMatchObject([
      { event: 'disconnected', outcome: 'last', reason: 'left', meetingId: 'standup' },
      { event: 'disconnected', outcome: 'already-gone', reason: 'left' },
    ]);
  });

  it('[CN9] takes an event without code and reason', async () => {
    const { backend } = testBackend();
    await createOnConnect(backend)(awsConnectEvent({ query: { meetingId: 'standup' } }));
    expect(await createOnDisconnect(backend)(awsDisconnectEvent())).toEqual({ statusCode: 200 });
  });

  it('logs a failing store, since nobody hears the answer', async () => {
    const meetings = faultyMeetings(memoryMeetings(), async () => {
      throw new Error('SECRET-TABLE is unreachable');
    });
    const { backend, logged } = testBackend({ meetings });
    expect(await createOnDisconnect(backend)(awsDisconnectEvent(1000, ''))).toEqual({ statusCode: 500 });
    expect(logged).toMatchObject([{ level: 'error', routeKey: '$disconnect' }]);
  });
});
