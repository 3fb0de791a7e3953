import { describe, expect, it } from 'vitest';
import { chatLine, participant } from '../../test/harness/FakeSockets.ts';
import { type FakeMeeting, openFakeMeeting, settled } from '../../test/harness/fakeMeeting.ts';
import { MeetingError } from './MeetingError.ts';

/** What a promise comes to: a value, the code of a rejection, or nothing yet. */
function outcome(promise: Promise<unknown>): { of: () => unknown } {
  let result: unknown = 'pending';
  promise.then(
    (value) => {
      result = value;
    },
    (error: unknown) => {
      result = error instanceof MeetingError ? error.code : error;
    },
  );
  return { of: () => result };
}

/** Reconnects after a loss. */
async function comeBack({ net, pass }: FakeMeeting, changes: object = {}): Promise<void> {
  net.last.end();
  await pass(1000);
  net.last.welcome({ log: { recovered: true, ...changes } });
  await settled();
}

const ack = (seq: number) => ({ type: 'ack', seq, messageId: `m${seq}`, sent: 1, failed: 0, stale: 0 });
const error = (code: string, changes: object = {}) => ({ type: 'error', code, message: code, ...changes });

describe('a chat', () => {
  it('[SD7] goes out when the one before it is acked, in the order of the calls', async () => {
    const { client, net } = await openFakeMeeting();
    const sent = ['first', 'second'].map((data) => client.sendChat(data));
    await settled();
    expect(net.last.count('sendMessage')).toBe(1);
    expect(net.last.last('sendMessage')).toMatchObject({
      ...{ meetingId: 'standup', messageType: 'chat', data: 'first' },
    });
    net.last.reply('sendMessage', ack(2));
    await settled();
    expect(net.last.last('sendMessage')).toMatchObject({ data: 'second' });
    net.last.reply('sendMessage', ack(3));
    expect(await Promise.all(sent)).toEqual([
      { seq: 2, messageId: 'm2' },
      { seq: 3, messageId: 'm3' },
    ]);
    const ids = net.last.sent.map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('[SD7] is sent again under its requestId when its ack was lost, and shown once', async () => {
    const meeting = await openFakeMeeting();
    const { client, net, of } = meeting;
    const sent = outcome(client.sendChat({ text: 'hello' }));
    await settled();
    const { requestId } = net.last.last('sendMessage');
    await comeBack(meeting, { seq: 2, entries: [{ ...chatLine(2, 'alice'), data: { text: 'hello' } }] });
    expect(net.last.last('sendMessage')).toMatchObject({ requestId, data: { text: 'hello' } });
    net.last.reply('sendMessage', ack(2));
    await settled();
    expect(sent.of()).toEqual({ seq: 2, messageId: 'm2' });
    expect(of('chat')).toMatchObject([{ seq: 2, own: true }]);
  });

  it('[SD7] that is not answered for 30 s is sent again under its requestId', async () => {
    const { client, net, pass } = await openFakeMeeting();
    void client.sendChat('hello').catch(() => {});
    await settled();
    await pass(10_000);
    net.last.receive({ type: 'pong' });
    await pass(19_999);
    expect(net.last.count('sendMessage')).toBe(1);
    await pass(1);
    const [first, second] = net.last.sent.filter(({ action }) => action === 'sendMessage');
    expect(second).toEqual(first);
  });

  it('[SD7] sent while there is no connection goes out once there is one, as it was then', async () => {
    const meeting = await openFakeMeeting();
    const { client, net } = meeting;
    net.last.end();
    const data = { text: 'before' };
    const sent = outcome(client.sendChat(data));
    data.text = 'after';
    await settled();
    await comeBack(meeting);
    expect(net.last.last('sendMessage')).toMatchObject({ data: { text: 'before' } });
    net.last.reply('sendMessage', ack(2));
    await settled();
    expect(sent.of()).toMatchObject({ seq: 2 });
  });

  it('[SD7] is rejected when 256 others wait', async () => {
    const { client } = await openFakeMeeting();
    const sent = Array.from({ length: 258 }, (_, index) => outcome(client.sendChat(index)));
    await settled();
    expect(sent.map((one) => one.of()).filter((result) => result !== 'pending')).toEqual([
      'queue_full',
      'queue_full',
    ]);
  });

  it('[SD8] of one’s own is shown at its place in the log, after those before it', async () => {
    const { client, net, of } = await openFakeMeeting({ seq: 1 });
    const sent = client.sendChat('mine');
    await settled();
    net.last.reply('sendMessage', ack(3));
    await sent;
    expect(of('chat')).toEqual([]);
    net.last.receive(chatLine(2));
    net.last.receive(chatLine(4));
    expect(of('chat').map(({ seq, own }) => [seq, own])).toEqual([
      [2, false],
      [3, true],
      [4, false],
    ]);
    expect(of('chat')[1]).toMatchObject({
      ...{ data: 'mine', messageId: 'm3', timestamp: '2026-11-22T08:04:01.000Z' },
      from: { userId: 'alice', session: 'alice-tab' },
    });
  });

  it('[SD12] that the server failed to do is tried again, and at last rejected', async () => {
    const { client, net, pass } = await openFakeMeeting();
    const sent = outcome(client.sendChat('hello'));
    await settled();
    for (let tries = 1; tries <= 6; tries++) {
      net.last.reply('sendMessage', error('internal_error', { retryable: true }));
      await settled();
      expect(sent.of()).toBe('pending');
      await pass(500 * 2 ** (tries - 1) * 1.5 - 1);
      expect(net.last.count('sendMessage')).toBe(tries);
      await pass(1);
      expect(net.last.count('sendMessage')).toBe(tries + 1);
    }
    net.last.reply('sendMessage', error('internal_error', { retryable: true }));
    await settled();
    expect(sent.of()).toBe('internal_error');
  });

  it('[SD12] can be sent again by hand under its requestId, but not while it is under way', async () => {
    const { client, net } = await openFakeMeeting();
    const first = outcome(client.sendChat('hello', { requestId: 'mine' }));
    await settled();
    expect(net.last.last('sendMessage')).toMatchObject({ requestId: 'mine' });
    net.last.reply('sendMessage', error('request_id_reused'));
    await settled();
    expect(first.of()).toBe('request_id_reused');
  });
});

describe('a request', () => {
  it('[SD12] rejects with what the server says', async () => {
    const { client, net } = await openFakeMeeting();
    const sent = client.send({ userId: 'nobody' }, 'note', 1);
    net.last.reply('sendMessage', error('target_not_found', { message: 'Nobody.', details: { field: 'x' } }));
    await expect(sent).rejects.toMatchObject({
      ...{ name: 'MeetingError', code: 'target_not_found', message: 'Nobody.', retryable: false },
      details: { field: 'x' },
    });
  });

  it('[SD12] that may have been done is not sent again: a message whose reply was lost', async () => {
    const meeting = await openFakeMeeting();
    const { client, net, pass } = meeting;
    const lost = outcome(client.broadcast('note', 1));
    await comeBack(meeting);
    expect(lost.of()).toBe('connection_lost');
    expect(net.last.count('sendMessage')).toBe(0);
    const unanswered = outcome(client.broadcast('note', 2));
    await pass(10_000);
    net.last.receive({ type: 'pong' });
    await pass(20_000);
    expect(unanswered.of()).toBe('no_reply');
    expect(net.last.count('sendMessage')).toBe(1);
  });

  it('[SD12] that was not sent waits for a connection for 60 s', async () => {
    const { client, net, pass } = await openFakeMeeting();
    net.last.end();
    const late = outcome(client.broadcast('note', 1));
    await pass(30_000);
    const early = outcome(client.broadcast('note', 2));
    await pass(30_000);
    expect(late.of()).toBe('not_connected');
    net.last.welcome({ log: { recovered: true } });
    expect(net.last.last('sendMessage')).toMatchObject({ data: 2 });
    net.last.reply('sendMessage', { ...ack(0), messageId: 'm' });
    await settled();
    expect(early.of()).toEqual({ messageId: 'm', sent: 1, failed: 0, stale: 0 });
  });

  it('[SD12] whose second doing does no harm is sent again: history, update, lock, unlock, remove, signals', async () => {
    const meeting = await openFakeMeeting({ participants: [participant('alice'), participant('bob')] });
    const { client, net } = meeting;
    const requests = [
      client.history({ after: 0, limit: 5 }),
      client.update({ hand: true }),
      client.lock(),
      client.unlock(),
      client.remove('bob'),
      client.signal({ session: 'bob-tab' }, { sdp: 1 }),
    ].map(outcome);
    await settled();
    const before = net.last.sent.slice(1);
    await comeBack(meeting);
    expect(net.last.sent.slice(1)).toEqual(before);
    expect(before).toMatchObject([
      { action: 'history', after: 0, limit: 5 },
      { action: 'update', attributes: { hand: true } },
      { action: 'lock' },
      { action: 'unlock' },
      { action: 'remove', userId: 'bob' },
      { action: 'sendMessage', targetConnectionId: 'bob-1', messageType: 'signal', clientSeq: 1 },
    ]);
    expect(requests.map((one) => one.of())).toEqual(requests.map(() => 'pending'));
  });

  it('[SD12] to remove that finds nobody when it is sent again was done the first time', async () => {
    const meeting = await openFakeMeeting();
    const { client, net } = meeting;
    const first = outcome(client.remove('nobody'));
    net.last.reply('remove', error('target_not_found'));
    await settled();
    expect(first.of()).toBe('target_not_found');
    const second = outcome(client.remove('bob'));
    await comeBack(meeting);
    net.last.reply('remove', error('target_not_found'));
    await settled();
    expect(second.of()).toBeUndefined();
  });

  it('[SD14] that finds its connection unknown is made again on another', async () => {
    const { client, net, pass } = await openFakeMeeting();
    const sent = outcome(client.broadcast('note', 1));
    net.last.reply('sendMessage', error('not_in_meeting'));
    expect(client.state).toMatchObject({ status: 'reconnecting', failure: { code: 'not_in_meeting' } });
    expect(net.last.closed).toBe('by client');
    await pass(1000);
    net.last.welcome({ log: { recovered: true } });
    expect(net.last.last('sendMessage')).toMatchObject({ data: 1 });
    net.last.reply('sendMessage', { type: 'ack', messageId: 'm' });
    await settled();
    expect(sent.of()).toMatchObject({ messageId: 'm' });
  });

  it('[SD12] is rejected at once when 256 wait to be sent', async () => {
    const { client, net } = await openFakeMeeting();
    net.last.end();
    const sent = Array.from({ length: 257 }, (_, index) => outcome(client.broadcast('note', index)));
    await settled();
    expect(sent.filter((one) => one.of() === 'queue_full')).toHaveLength(1);
  });

  it('[SD24] is rejected when the client is closed, now and later', async () => {
    const { client, net } = await openFakeMeeting();
    const before = [client.sendChat(1), client.sendChat(2), client.broadcast('note', 3)].map(outcome);
    await settled();
    client.close();
    const after = [
      client.sendChat(4),
      client.update({}),
      client.history(),
      client.signal({ userId: 'bob' }, 5),
    ];
    const all = [...before, ...after.map(outcome)];
    await settled();
    expect(all.map((one) => one.of())).toEqual(all.map(() => 'client_closed'));
    expect(net.last.closed).toBe('by client');
  });

  it('[SD15] too large for a frame, or without data, is rejected before it is sent', async () => {
    const { client, net } = await openFakeMeeting();
    const text = 'ä'.repeat(16_384);
    const tooLarge = [
      client.sendChat(text),
      client.broadcast('note', text),
      client.signal({ userId: 'bob' }, text),
    ];
    for (const sent of tooLarge) {
      await expect(sent).rejects.toMatchObject({ code: 'message_too_large', message: /has \d+ bytes/ });
    }
    await expect(client.sendChat(undefined)).rejects.toMatchObject({ code: 'missing_data' });
    await expect(client.broadcast('note', null)).rejects.toMatchObject({ code: 'missing_data' });
    await expect(client.broadcast('chat', 1)).rejects.toMatchObject({ code: 'invalid_message_type' });
    await expect(client.update({ text: 'x'.repeat(2048) })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(client.update([] as never)).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(client.sendChat(1n)).rejects.toThrow(TypeError);
    expect(net.last.count('sendMessage')).toBe(0);
  });

  it('[SD15] keeps to what the welcome says of sizes', async () => {
    const { client } = await openFakeMeeting({ limits: { frameBytes: 1000, entryBytes: 2500 } });
    await expect(client.broadcast('note', 'x'.repeat(1000))).rejects.toMatchObject({
      code: 'message_too_large',
    });
    await expect(client.sendChat('x'.repeat(500))).rejects.toMatchObject({ code: 'message_too_large' });
  });

  it('[SD12] resolves history to the page, and settles nothing with a reply that names nothing', async () => {
    const { client, net, of } = await openFakeMeeting();
    const page = client.history({ before: 9 });
    net.last.receive({ type: 'history', requestId: 'another', entries: [] });
    net.last.receive({ type: 'ack' });
    net.last.reply('history', {
      type: 'history',
      epoch: 'first',
      seq: 8,
      entries: [chatLine(8)],
      more: true,
    });
    expect(await page).toMatchObject({ seq: 8, more: true, entries: [{ seq: 8 }] });
    net.last.receive(error('unknown_action'));
    net.last.receive({ message: 'Too Many Requests', connectionId: 'c', requestId: 'r' });
    expect(of('error').map(({ code }) => code)).toEqual(['unknown_action', 'gateway_error']);
  });
});

describe('the pace', () => {
  const limits = { messagesPerSecond: 10, messageBurst: 20, connectionSeconds: 7200 };

  it('[SD13] is 80 % of what the welcome allows, in a burst and from then on', async () => {
    const { client, net, pass } = await openFakeMeeting({ limits });
    const sent = Array.from({ length: 60 }, (_, index) => client.broadcast('note', index).catch(() => {}));
    // The join was one of the burst.
    expect(net.last.count('sendMessage')).toBe(15);
    await pass(1000);
    expect(net.last.count('sendMessage')).toBe(23);
    await pass(10_000);
    expect(net.last.count('sendMessage')).toBe(60);
    expect(sent).toHaveLength(60);
  });

  it('[SD13] stops as long as a refusal says, and what was refused goes first', async () => {
    const { client, net, pass } = await openFakeMeeting({ limits });
    const chat = outcome(client.sendChat('hello'));
    await settled();
    net.last.reply('sendMessage', error('rate_limited', { retryable: true, retryAfterMs: 2000 }));
    void client.broadcast('note', 1).catch(() => {});
    await pass(1999);
    expect(net.last.count('sendMessage')).toBe(1);
    await pass(1);
    expect(net.last.last('sendMessage')).toMatchObject({ data: 'hello' });
    net.last.reply('sendMessage', ack(2));
    await settled();
    expect(chat.of()).toMatchObject({ seq: 2 });
    await pass(125);
    expect(net.last.last('sendMessage')).toMatchObject({ data: 1 });
  });

  it('[SD13] is free where a server counts nothing', async () => {
    const { client, net } = await openFakeMeeting({ limits: { messagesPerSecond: 0, messageBurst: 1 } });
    for (let times = 0; times < 100; times++) void client.broadcast('note', times).catch(() => {});
    expect(net.last.count('sendMessage')).toBe(100);
  });
});

describe('attributes', () => {
  it('[SD20] go out as the last word, also late and in the next join', async () => {
    const meeting = await openFakeMeeting({}, { attributes: { hand: false } });
    const { client, net, pass } = meeting;
    const first = outcome(client.update({ hand: true }));
    net.last.end();
    const second = outcome(client.update({ hand: true, camera: true }));
    await pass(1000);
    net.last.open();
    expect(net.last.last('join')).toMatchObject({ attributes: { hand: true, camera: true } });
    net.last.welcome({ log: { recovered: true } });
    const updates = net.last.sent.filter(({ action }) => action === 'update');
    expect(updates.map(({ attributes }) => attributes)).toEqual([
      { hand: true, camera: true },
      { hand: true, camera: true },
    ]);
    for (const { requestId } of updates) net.last.receive({ type: 'ack', requestId });
    await settled();
    expect([first.of(), second.of()]).toEqual([undefined, undefined]);
  });

  it('[SD20] are those of before when they are refused', async () => {
    const { client, net, pass } = await openFakeMeeting({}, { attributes: { hand: true } });
    const refused = outcome(client.update({ deep: true }));
    net.last.reply('update', error('invalid_request'));
    await settled();
    expect(refused.of()).toBe('invalid_request');
    net.last.end();
    await pass(1000);
    net.last.open();
    expect(net.last.last('join')).toMatchObject({ attributes: { hand: true } });
  });

  it('[SD20] that are refused one after the other bring none of them back', async () => {
    const { client, net, pass } = await openFakeMeeting({}, { attributes: { hand: true } });
    const refused = [client.update({ deep: 1 }), client.update({ deep: 2 })].map(outcome);
    for (const { action, requestId } of net.last.sent) {
      if (action === 'update') net.last.receive(error('invalid_request', { requestId }));
    }
    await settled();
    expect(refused.map((one) => one.of())).toEqual(['invalid_request', 'invalid_request']);
    net.last.end();
    await pass(1000);
    net.last.open();
    expect(net.last.last('join')).toMatchObject({ attributes: { hand: true } });
  });

  it('[SD20] show in the roster as they were sent, when a later word went out in place of one', async () => {
    const meeting = await openFakeMeeting();
    const { client, net, of } = meeting;
    net.last.end();
    const updates = [client.update({ hand: true }), client.update({ hand: false })];
    await comeBack(meeting);
    for (const { action, requestId } of net.last.sent) {
      if (action === 'update') net.last.receive({ type: 'ack', requestId });
    }
    await Promise.all(updates);
    const shown = of('participantUpdated').flatMap(({ connections }) =>
      connections.map((one) => one.attributes),
    );
    expect(shown).toEqual([{ hand: false }]);
  });

  it('[SD20] of one’s own show in the roster when they are acked', async () => {
    const { client, net, of } = await openFakeMeeting();
    const updated = client.update({ hand: true });
    net.last.reply('update');
    await updated;
    expect(of('participantUpdated')).toMatchObject([
      { userId: 'alice', connections: [{ attributes: { hand: true } }] },
    ]);
    expect(client.participants).toEqual(of('participantUpdated'));
  });
});

describe('leaving', () => {
  it('[SD24] tells the server, closes, and ends what was iterated', async () => {
    const { client, net } = await openFakeMeeting();
    const states = client.events('stateChange');
    const left = client.leave();
    expect(net.last.count('leave')).toBe(1);
    expect(client.state.status).toBe('open');
    net.last.reply('leave');
    await left;
    expect(client.state).toEqual({ status: 'closed', reason: 'left' });
    const seen = [];
    for await (const state of states) seen.push(state);
    expect(seen).toEqual([client.state]);
  });

  it.each([
    ['no ack comes for 3 s', 3000],
    ['the connection is lost', 0],
  ])('[SD24] is done all the same when %s', async (_name, waitMs) => {
    const { client, net, pass } = await openFakeMeeting();
    const left = client.leave();
    if (waitMs === 0) net.last.end();
    await pass(waitMs);
    await left;
    await pass(60_000);
    expect(client.state).toEqual({ status: 'closed', reason: 'left' });
    expect(net.all).toHaveLength(1);
  });
});
