import { describe, expect, it } from 'vitest';
import { MeetingError } from '../../src/client/index.ts';
import { parseConfig } from './config.ts';
import { troubleOf } from './trouble.ts';

const page = new URL('https://meet.example.org/');
const own = (authentication: 'none' | 'token') => parseConfig({ url: '/production', authentication }, page);
const other = (authentication: 'none' | 'token') =>
  parseConfig({ url: 'wss://api.example.com/prod', authentication }, page);
const failing = (attempt: number, code = 'unreachable') => ({
  ...{ status: 'connecting' as const, attempt },
  failure: new MeetingError(code, 'No.'),
});

describe('troubleOf', () => {
  it('says nothing of the first failure, nor once one is in', async () => {
    expect(await troubleOf(failing(2), own('none'), async () => false)).toBeUndefined();
    expect(await troubleOf({ status: 'open' }, own('none'), async () => false)).toBeUndefined();
  });

  it.each([
    [own('none'), false, 'unreachable'],
    [own('none'), true, 'refuses'],
    [own('token'), false, 'unreachable'],
    [own('token'), true, 'expired'],
    [other('none'), true, 'unreachable'],
    [other('token'), true, 'expired-or-unreachable'],
  ])('case %#', async (config, isHealthy, trouble) => {
    expect(await troubleOf(failing(3), config, async () => isHealthy)).toBe(trouble);
  });

  it('knows a failed sign-in without asking', async () => {
    const never = () => Promise.reject(new Error('asked'));
    expect(await troubleOf(failing(3, 'token_failed'), own('token'), never)).toBe('no-sign-in');
  });
});
