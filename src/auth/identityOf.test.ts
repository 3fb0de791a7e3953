import { describe, expect, it } from 'vitest';
import { roles } from '../protocol/participants.ts';
import { identityOf } from './identityOf.ts';

const names = { userId: 'sub', userName: 'name', role: 'role', meetingId: 'meetingId' };
const identityFor = (claims: Readonly<Record<string, unknown>>) =>
  identityOf({ sub: 'alice', ...claims }, names);
const nameFor = (claims: Readonly<Record<string, unknown>>) => {
  const result = identityFor(claims);
  return result.outcome === 'verified' ? result.identity.userName : result.reason;
};

describe('the identity in a token', () => {
  it.each([
    [{ name: 'Alice' }, 'Alice'],
    [{ name: ' Alice\u0000\n\u0085Adams\ud800 ' }, 'Alice Adams'],
    [{ name: '🙂'.repeat(200) }, '🙂'.repeat(128)],
    [{ name: '\t\n', preferred_username: 'ally' }, 'ally'],
    [{ name: 7, 'cognito:username': 'ally-1' }, 'ally-1'],
    [{ name: { first: 'Alice' }, username: 'ally-2' }, 'ally-2'],
    [{}, 'alice'],
  ])('has for %j the name %j', (claims, name) => {
    expect(nameFor(claims)).toBe(name);
  });

  it.each([undefined, null, '', 7, ['alice'], 'a\nb', 'a\ud800', 'x'.repeat(129)])(
    'has no userId in %j',
    (sub) => {
      expect(identityFor({ sub })).toEqual({ outcome: 'refused', reason: 'unusable-user-id' });
    },
  );

  it.each(roles)('has the role %s', (role) => {
    expect(identityFor({ role })).toMatchObject({ identity: { role } });
  });

  it.each([undefined, null])('has the role participant for %j', (role) => {
    expect(identityFor({ role })).toMatchObject({ identity: { role: 'participant' } });
  });

  it.each(['Host', 'observer ', '', 'admin', 1, true, ['host'], {}])('has no role in %j', (role) => {
    expect(identityFor({ role })).toEqual({ outcome: 'refused', reason: 'unknown-role' });
  });

  it('has a meeting, if one is named that could be', () => {
    expect(identityFor({ meetingId: 'standup' })).toMatchObject({ identity: { meetingId: 'standup' } });
    expect(identityFor({ meetingId: null })).toMatchObject({ identity: { meetingId: undefined } });
    for (const meetingId of ['', 7, ['standup'], 'a\nb', false]) {
      expect(identityFor({ meetingId })).toEqual({ outcome: 'refused', reason: 'unusable-meeting-id' });
    }
  });

  it('is read of the claims that are named', () => {
    const other = { userId: 'uid', userName: 'display', role: 'https://example.com/role', meetingId: 'room' };
    const claims = {
      uid: 'bob',
      display: 'Bob',
      'https://example.com/role': 'observer',
      room: 'r1',
      sub: 'alice',
    };
    expect(identityOf(claims, other)).toMatchObject({
      identity: { userId: 'bob', userName: 'Bob', role: 'observer', meetingId: 'r1' },
    });
  });
});
