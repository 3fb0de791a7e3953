import { describe, expect, it } from 'vitest';
import { type Author, type LogEntry, MeetingError } from '../../src/client/index.ts';
import { ManualClock } from '../../test/harness/ManualClock.ts';
import { FakeClient } from '../testing/FakeCall.ts';
import { id } from '../testing/id.ts';
import { Chat } from './Chat.ts';

const author = (userId: string) => ({
  connectionId: id<Author['connectionId']>(`${userId}=`),
  userId: id<Author['userId']>(userId),
  userName: userId,
});
const said = (seq: number, userId = 'bob'): LogEntry & { readonly type: 'chat' } => ({
  ...{ type: 'chat', from: author(userId), data: `line ${seq}`, messageId: `m${seq}`, seq },
  timestamp: '2026-11-22T08:00:00.000Z',
});
const settle = () => new Promise((resolve) => setImmediate(resolve));

function aChat(lines = 0) {
  const client = new FakeClient({ url: 'ws://x/', meetingId: 'standup' });
  client.log = Array.from({ length: lines }, (_, index) => said(index + 1));
  client.welcome();
  const clock = new ManualClock();
  let count = 0;
  return { client, chat: new Chat(client, { clock, random: () => ++count / 1000 }) };
}
const textsOf = (chat: Chat) =>
  chat.lines.value.map((line) => (line.kind === 'message' ? line.text : line.kind));

describe('history', () => {
  it('shows the last 50 lines, and pages back to the first', async () => {
    const { chat, client } = aChat(120);
    await chat.readBefore(121);
    expect(textsOf(chat)).toHaveLength(50);
    expect([textsOf(chat)[0], chat.earlier.value]).toEqual(['line 71', 'some']);
    await chat.showEarlier();
    await chat.showEarlier();
    expect(textsOf(chat)).toHaveLength(120);
    expect([textsOf(chat)[0], chat.earlier.value]).toEqual(['line 1', 'none']);
    expect(client.ranges.map(({ before }) => before)).toEqual([121, 71, 21]);
  });

  it('keeps what is said while it is read behind it', async () => {
    const { chat } = aChat(2);
    const reading = chat.readBefore(3);
    chat.take({ ...said(3), own: false });
    await reading;
    expect(textsOf(chat)).toEqual(['line 1', 'line 2', 'line 3']);
  });

  it('shows nothing twice when it is read again after a gap', async () => {
    const { chat, client } = aChat(2);
    await chat.readBefore(3);
    client.log.push(said(3));
    const reading = chat.readAgain();
    chat.take({ ...said(3), own: false });
    await reading;
    expect(textsOf(chat)).toEqual(['line 1', 'line 2', 'line 3']);
  });

  it('shows nothing of a page that a re-reading has overtaken', async () => {
    const { chat, client } = aChat(2);
    const history = client.history.bind(client);
    let answer = () => {};
    client.history = async (range) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return history(range);
    };
    const overtaken = chat.readBefore(3);
    const answerLate = answer;
    client.history = history;
    client.log = [said(7)];
    await chat.readAgain();
    client.log = [said(1), said(2)];
    answerLate();
    await overtaken;
    expect(textsOf(chat)).toEqual(['line 7']);
  });

  it('can be asked for again when it could not be read', async () => {
    const { chat, client } = aChat(2);
    const { history } = client;
    client.history = () => Promise.reject(new MeetingError('no_reply', 'No.'));
    await chat.readBefore(3);
    expect(chat.earlier.value).toBe('some');
    client.history = history;
    await chat.showEarlier();
    expect(textsOf(chat)).toHaveLength(2);
  });

  it('has comings and goings as lines, but for one’s own', async () => {
    const { chat, client } = aChat();
    const event = (seq: number, userId: string, data: object) =>
      ({
        ...{
          type: 'event',
          origin: 'server',
          from: author(userId),
          seq,
          timestamp: '2026-11-22T08:00:00.000Z',
        },
        data: { userId, userName: userId, ...data },
      }) as LogEntry;
    client.log = [
      event(1, 'me', { eventType: 'user-joined' }),
      event(2, 'bob', { eventType: 'user-joined' }),
      { type: 'void', seq: 3 },
      event(4, 'bob', { eventType: 'user-left', reason: 'kicked' }),
    ];
    await chat.readBefore(5);
    expect(textsOf(chat)).toEqual(['joined', 'removed']);
  });
});

describe('unread', () => {
  it('counts what others say while the chat is closed, and nothing read from the log', async () => {
    const { chat } = aChat(5);
    await chat.readBefore(6);
    chat.take({ ...said(6), own: false });
    chat.take({ ...said(7), own: true });
    expect(chat.unread.value).toBe(1);
    chat.setView('open');
    chat.take({ ...said(8), own: false });
    expect(chat.unread.value).toBe(0);
  });
});

describe('sending', () => {
  it('shows what is being sent, and then only what is in the log', async () => {
    const { chat, client } = aChat();
    chat.send('Hello');
    expect(chat.pending.value).toMatchObject([{ text: 'Hello', state: { kind: 'sending' } }]);
    chat.take({ ...said(1, 'me'), data: 'Hello', own: true });
    await settle();
    expect(chat.pending.value).toEqual([]);
    expect(chat.lines.value).toMatchObject([{ text: 'Hello', place: 'own' }]);
    expect(client.chats).toHaveLength(1);
  });

  it('keeps a text that failed, and sends it again under the same requestId', async () => {
    const { chat, client } = aChat();
    client.sendChatResult = () => Promise.reject(new MeetingError('rate_limited', 'Too much.'));
    chat.send('Hello');
    await settle();
    expect(chat.pending.value).toMatchObject([
      { text: 'Hello', state: { kind: 'failed', sentence: expect.stringContaining('Wait a moment') } },
    ]);
    client.sendChatResult = async () => ({ seq: 1, messageId: 'm1' });
    chat.retry(chat.pending.value[0]?.requestId ?? '');
    await settle();
    expect(chat.pending.value).toEqual([]);
    expect(client.chats[0]?.requestId).toBeTruthy();
    expect(client.chats[1]?.requestId).toBe(client.chats[0]?.requestId);
  });

  it('settles one of two equal texts at a time', () => {
    const { chat } = aChat();
    chat.send('Hello');
    chat.send('Hello');
    chat.take({ ...said(1, 'me'), data: 'Hello', own: true });
    expect(chat.pending.value).toHaveLength(1);
  });
});
