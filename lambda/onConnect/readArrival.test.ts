import { describe, expect, it } from 'vitest';
import { awsConnectEvent } from '../../test/harness/awsEvents.ts';
import { NOW_MS } from '../../test/harness/backend.ts';
import { readArrival } from './readArrival.ts';

const query = { meetingId: 'standup', userId: 'mallory', userName: 'Mallory' };
const authorizer = { userId: 'alice', userName: 'Alice', role: 'host', principalId: 'alice' };

describe('who arrives', () => {
  it('is told by the authorizer, whatever the query says', () => {
    const long = 'x'.repeat(200);
    for (const person of [
      {},
      { userId: 'mallory', userName: 'Mallory' },
      { userId: long, userName: 'a\nb' },
    ]) {
      const event = awsConnectEvent({ query: { meetingId: 'standup', ...person }, authorizer });
      expect(readArrival(event, 'on')).toEqual({
        connectionId: 'alice-1',
        connectedAtMs: NOW_MS,
        client: 'plain',
        meetingId: 'standup',
        userId: 'alice',
        userName: 'Alice',
        role: 'host',
      });
    }
  });

  it('is told by the query without authentication, and has no role yet', () => {
    expect(readArrival(awsConnectEvent({ query }), 'off')).toEqual({
      connectionId: 'alice-1',
      connectedAtMs: NOW_MS,
      client: 'plain',
      ...query,
    });
  });

  it('is never told by the query when authentication is on', () => {
    expect(() => readArrival(awsConnectEvent({ query }), 'on')).toThrow('$connect has no authorizer');
  });

  it.each([
    {},
    { principalId: 'alice' },
    { ...authorizer, userId: '' },
    { ...authorizer, userName: undefined },
    { ...authorizer, role: 'admin' },
    { ...authorizer, meetingId: '' },
  ])('is not told by another authorizer: %j', (other) => {
    for (const authentication of ['on', 'off'] as const) {
      expect(() => readArrival(awsConnectEvent({ query, authorizer: other }), authentication)).toThrow(
        'told no identity',
      );
    }
  });

  it('may have a token for one meeting', () => {
    const arrive = (meetingId: string) =>
      readArrival(awsConnectEvent({ query, authorizer: { ...authorizer, meetingId } }), 'on');
    expect(arrive('standup')).toMatchObject({ meetingId: 'standup' });
    expect(() => arrive('board')).toThrow(expect.objectContaining({ code: 'meeting_not_allowed' }));
  });

  it('names a meeting in any case', () => {
    const event = awsConnectEvent({ authorizer: { ...authorizer, meetingId: 'standup' } });
    expect(() => readArrival(event, 'on')).toThrow(expect.objectContaining({ code: 'missing_meeting_id' }));
  });
});
