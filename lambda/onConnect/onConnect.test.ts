import { describe, expect, it } from 'vitest';
import { awsConnectEvent } from '../../test/harness/awsEvents.ts';
import { NOW_MS, testBackend } from '../../test/harness/backend.ts';
import { memoryMeetings } from '../../test/harness/embeddedMeetings.ts';
import { faultyMeetings } from '../../test/harness/faultyMeetings.ts';
import { createOnConnect } from './onConnect.ts';

const query = { meetingId: 'standup', userId: 'alice', userName: 'Alice' };

describe('$connect', () => {
  it('[CN4] admits a member with the time at which API Gateway received it', async () => {
    const { backend, logged } = testBackend();
    expect(await createOnConnect(backend)(awsConnectEvent({ query }))).toEqual({ statusCode: 200 });
    expect(await backend.meetings.find('alice-1' as never)).toEqual({
      connectionId: 'alice-1',
      ...query,
      connectedAtMs: NOW_MS,
      client: 'plain',
    });
    expect(logged).toMatchObject([
      { level: 'info', event: 'connected', meetingId: 'standup', userId: 'alice' },
    ]);
  });

  it('[CN1] takes an event without any query, as API Gateway sends it', async () => {
    const { backend, logged } = testBackend();
    const result = await createOnConnect(backend)(awsConnectEvent({}));
    expect(result).toMatchObject({ statusCode: 400, body: expect.stringContaining('missing_meeting_id') });
    expect(logged).toMatchObject([{ level: 'info', event: 'refused', code: 'missing_meeting_id' }]);
  });

  it.each(['Sec-WebSocket-Protocol', 'sec-websocket-protocol'])(
    '[CN6] reads %s in any spelling',
    async (name) => {
      const { backend } = testBackend();
      const event = awsConnectEvent({ query, headers: { [name]: 'bearer.abc, cloudmeetx.v1' } });
      expect(await createOnConnect(backend)(event)).toEqual({
        statusCode: 200,
        headers: { 'Sec-WebSocket-Protocol': 'cloudmeetx.v1' },
      });
      expect(await backend.meetings.find('alice-1' as never)).toMatchObject({ client: 'v1' });
    },
  );

  it('[CN8] says bye before it disconnects whom it replaces', async () => {
    const { backend, connections } = testBackend({
      membershipLimits: { connectionsPerMeeting: 500, connectionsPerUser: 1 },
    });
    const onConnect = createOnConnect(backend);
    await onConnect(awsConnectEvent({ query }));
    await onConnect(awsConnectEvent({ query, connectionId: 'alice-2' }));
    expect(connections.calls).toEqual([
      expect.stringMatching(/^send alice-1 {"type":"bye","code":"replaced",/),
      'disconnect alice-1',
    ]);
  });

  it('[CN8] admits the newcomer also when the replaced can no longer be reached', async () => {
    const { backend, connections } = testBackend({
      membershipLimits: { connectionsPerMeeting: 500, connectionsPerUser: 1 },
    });
    connections.outcomes.set('alice-1', 'gone');
    const onConnect = createOnConnect(backend);
    await onConnect(awsConnectEvent({ query }));
    expect(await onConnect(awsConnectEvent({ query, connectionId: 'alice-2' }))).toEqual({ statusCode: 200 });
  });

  it('[CN5] logs a failing store once, and keeps its words to itself', async () => {
    const meetings = faultyMeetings(memoryMeetings(), async () => {
      throw new Error('SECRET-TABLE is unreachable');
    });
    const { backend, logged } = testBackend({ meetings });
    const result = await createOnConnect(backend)(awsConnectEvent({ query }));
    expect(result.statusCode).toBe(500);
    expect(JSON.stringify(result)).not.toContain('SECRET');
    expect(logged).toMatchObject([{ level: 'error', error: { message: 'SECRET-TABLE is unreachable' } }]);
  });
});
