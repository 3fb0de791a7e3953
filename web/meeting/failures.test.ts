import { describe, expect, it } from 'vitest';
import { type ClosedReason, MeetingError } from '../../src/client/index.ts';
import type { DeviceProblem } from '../devices/problemOf.ts';
import { deviceNotice, endingOf, obstacleNotice, requestSentence, troubleNotice } from './failures.ts';

const reasons = {
  ...{ left: 1, closed: 1, removed: 1, replaced: 1, full: 1, locked: 1, 'not-allowed': 1, refused: 1 },
} satisfies Record<ClosedReason, 1>;
const problems = {
  ...{ denied: 1, missing: 1, busy: 1, insecure: 1, unplugged: 1, failed: 1 },
} satisfies Record<DeviceProblem, 1>;

describe('every failure has a sentence that says what to do', () => {
  it.each(Object.keys(reasons) as ClosedReason[])('ending: %s', (reason) => {
    expect(endingOf(reason)).toMatchObject({
      title: expect.stringMatching(/\w/),
      advice: expect.stringMatching(/\.$/),
    });
  });

  it.each(Object.keys(problems) as DeviceProblem[])('device: %s', (problem) => {
    expect(deviceNotice('camera', problem)).toMatchObject({
      title: expect.stringMatching(/camera/),
      advice: expect.stringMatching(/\.$/),
    });
  });

  it.each(['unreachable', 'refuses', 'expired', 'expired-or-unreachable', 'no-sign-in'] as const)(
    'joining: %s',
    (trouble) => expect(troubleNotice(trouble).advice).toMatch(/\.$/),
  );

  it.each(['no-token', 'no-config', 'no-webrtc'] as const)('start: %s', (obstacle) =>
    expect(obstacleNotice(obstacle).advice).toMatch(/\.$/),
  );

  it('request: known and unknown codes', () => {
    expect(requestSentence({ code: 'hosts_only' })).toBe('Only a host can do this.');
    expect(requestSentence({ code: 'some_future_code' })).toBe('That didn’t work. Try again.');
  });
});

it('passes on what the server said of a refusal', () => {
  const error = new MeetingError('invalid_request', 'userName must not contain control characters.');
  expect(endingOf('refused', error).advice).toContain('userName must not contain');
});
