import { describe, expect, it } from 'vitest';
import { invitationLink, parseInvitation, proposeMeetingName, readClaims } from './invitation.ts';

const tokenOf = (claims: object) =>
  `x.${btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(claims))))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')}.y`;

describe('invitation', () => {
  it('reads meeting, name and token from behind the #', () => {
    expect(parseInvitation('#meeting=stand%20up&name=Alice&token=a.b.c')).toEqual({
      meetingId: 'stand up',
      name: 'Alice',
      token: 'a.b.c',
    });
  });

  it('takes what is empty as absent', () => {
    expect(parseInvitation('#meeting=&name=%20')).toEqual({
      meetingId: undefined,
      name: undefined,
      token: undefined,
    });
  });

  it('invites to a meeting without anybody’s name or token', () => {
    const link = invitationLink('https://meet.example.org/app/?a=b#name=Alice&token=a.b.c', 'stand & up');
    expect(link).toBe('https://meet.example.org/app/#meeting=stand+%26+up');
    expect(parseInvitation(new URL(link).hash).meetingId).toBe('stand & up');
  });

  it('reads who a token names, beyond ASCII too', () => {
    const token = tokenOf({ sub: 'u-1', name: 'Zoë 🎈', meetingId: 'standup' });
    expect(readClaims(token)).toEqual({ name: 'Zoë 🎈', meetingId: 'standup' });
  });

  it('reads nothing from what is no token', () => {
    expect(readClaims('nonsense')).toEqual({ name: undefined, meetingId: undefined });
  });

  it('proposes names of two words and a number', () => {
    expect(proposeMeetingName(() => 0)).toBe('amber-bay-100');
    expect(proposeMeetingName(() => 0.9999)).toBe('warm-willow-999');
  });
});
