import { describe, expect, it } from 'vitest';
import type { LoadJob } from './job.ts';
import { MessageTemplate, sentAtMs } from './MessageTemplate.ts';

const job: LoadJob = {
  ...{ url: 'ws://127.0.0.1:1', protocol: 'websocket', meetings: 1, recipients: 1, target: 'meeting' },
  ...{ inFlight: 1, messageType: 'chat', dataBytes: 200, warmUpMs: 0, measureMs: 0, serverPid: 0 },
};

/** What a server reads in a masked frame of more than 125 bytes. */
function unmasked(frame: Buffer): string {
  const mask = frame.subarray(4, 8);
  return frame
    .subarray(8)
    .map((byte, index) => byte ^ (mask[index & 3] ?? 0))
    .toString();
}

describe('MessageTemplate', () => {
  it('makes messages that differ in number and time alone, with data of the size that was asked for', () => {
    const template = new MessageTemplate(job, 'standup', 'bob');
    const messages = [template.next(1.5), template.next(2.25)].map((frame) => JSON.parse(unmasked(frame)));
    expect(messages).toMatchObject([
      { action: 'sendMessage', meetingId: 'standup', messageType: 'chat', requestId: '0000000000' },
      { action: 'sendMessage', meetingId: 'standup', messageType: 'chat', requestId: '0000000001' },
    ]);
    expect(JSON.stringify(messages[0].data)).toHaveLength(200);
  });

  it('sends to a user instead of the meeting, and as an event of Socket.IO', () => {
    const template = new MessageTemplate({ ...job, target: 'user', protocol: 'socket.io' }, 'standup', 'bob');
    expect(unmasked(template.next(0))).toMatch(
      /^42\["sendMessage",\{"action":"sendMessage","targetUserId":"bob",/,
    );
  });

  it('reads the time from what comes back', () => {
    const text = Buffer.from(unmasked(new MessageTemplate(job, 'standup', 'bob').next(1234.567)));
    expect(sentAtMs(text, 0, text.length)).toBe(1234.567);
    expect(sentAtMs(text, 0, text.indexOf('sentAt') + 12)).toBeUndefined();
  });
});
