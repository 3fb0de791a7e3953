import { describe, expect, it } from 'vitest';
import { aConnection } from '../../test/harness/connections.ts';
import { parseSendMessage } from '../protocol/sendMessage.ts';
import { relay } from './relay.ts';

const alice = aConnection();
const stamp = { messageId: 'm1', timestamp: '2026-11-22T08:04:01.000Z' };
const requested = (fields: object) => parseSendMessage(JSON.stringify({ data: 1, ...fields }));

describe('relay', () => {
  it.each([
    [{ targetConnectionId: 'bob-1' }, { kind: 'connection', meetingId: 'standup', connectionId: 'bob-1' }],
    [{ targetUserId: 'bob' }, { kind: 'user', meetingId: 'standup', userId: 'bob' }],
    [{ meetingId: 'standup' }, { kind: 'meeting', meetingId: 'standup' }],
  ])("sends %j to %j: always the sender's own meeting", (target, audience) => {
    expect(relay(alice, requested(target), stamp).audience).toEqual(audience);
  });

  it('puts into the frame what the client may say and what only the server may say', () => {
    const request = requested({ targetUserId: 'bob', messageType: 'offer', clientSeq: 7, from: 'forged' });
    expect(relay(alice, request, stamp).frame).toEqual({
      type: 'offer',
      from: { connectionId: 'alice-1', userId: 'alice', userName: 'Alice' },
      data: 1,
      ...stamp,
      to: { userId: 'bob' },
      clientSeq: 7,
    });
  });

  it('refuses another meeting', () => {
    expect(() => relay(alice, requested({ meetingId: 'elsewhere' }), stamp)).toThrow(
      expect.objectContaining({ code: 'other_meeting' }),
    );
  });
});
