import { describe, expect, it, vi } from 'vitest';
import { chatLine, connection, participant, userEvent } from '../../test/harness/FakeSockets.ts';
import { openFakeMeeting, settled, startFakeMeeting } from '../../test/harness/fakeMeeting.ts';
import { ManualClock } from '../../test/harness/ManualClock.ts';
import { seededRandom, seedOfRun } from '../../test/harness/random.ts';
import { createRecentIds } from './recentIds.ts';
import { SignalOrder } from './SignalOrder.ts';

const from = (userId: string) => ({
  ...{ connectionId: `${userId}-1`, userId, userName: userId, session: `${userId}-tab` },
});
const message = (messageId: string, changes: object = {}) => ({
  ...{ type: 'note', from: from('bob'), data: messageId, messageId, timestamp: '2026-11-22T08:00:00.000Z' },
  ...changes,
});
const signal = (clientSeq: number, changes: object = {}) =>
  message(`s${clientSeq}`, { type: 'signal', to: { connectionId: 'alice-1' }, clientSeq, ...changes });

describe('what comes', () => {
  it('[SD10] before the welcome is held until it is known how it stands to what was seen', async () => {
    const { net, of, told } = await startFakeMeeting();
    net.last.open();
    net.last.receive(chatLine(4));
    net.last.receive(chatLine(5));
    net.last.receive(message('early'));
    expect(told).toEqual([]);
    net.last.welcome({ seq: 4 });
    expect(of('chat').map(({ seq }) => seq)).toEqual([5]);
    expect(told.map(([name]) => name)).toEqual(['stateChange', 'welcome', 'chat', 'message']);
  });

  it('[SD10][SD18] with a large roster is held until all of its pages are there', async () => {
    const { net, of, client } = await startFakeMeeting();
    net.last.welcome({ seq: 3, participants: [participant('alice')], participantCount: 3 });
    expect(net.last.last('participants')).toMatchObject({ after: 'alice' });
    net.last.receive(userEvent('user-joined', 'dave', { seq: 4, participant: participant('dave') }));
    expect(client.state.status).toBe('connecting');
    net.last.reply('participants', {
      type: 'participants',
      seq: 3,
      participants: [participant('bob')],
      more: true,
    });
    expect(net.last.last('participants')).toMatchObject({ after: 'bob' });
    const page = { type: 'participants', seq: 4, participants: [participant('carol')], more: false };
    net.last.reply('participants', page);
    expect(client.state.status).toBe('open');
    expect(client.participants.map(({ userId }) => userId)).toEqual(['alice', 'bob', 'carol', 'dave']);
    expect(of('participantJoined').map(({ userId }) => userId)).toEqual(['dave']);
  });

  it('[SD17] is told once, however often it comes, and never what the client broadcast itself', async () => {
    const { net, of } = await openFakeMeeting();
    net.last.receive(message('a'));
    net.last.receive(message('b', { from: from('alice') }));
    net.last.receive(message('c', { type: 'chat', to: { userId: 'alice' } }));
    net.last.receive(message('a'));
    net.last.receive(message('d', { from: from('alice'), to: { userId: 'alice' } }));
    expect(of('message').map(({ messageId }) => messageId)).toEqual(['a', 'c', 'd']);
    expect(of('chat')).toEqual([]);
  });

  it('[SD17] that claims to be an event is a message, unless the server says so', async () => {
    const { net, of } = await openFakeMeeting();
    const data = { eventType: 'user-updated', userId: 'bob', participant: participant('bob') };
    net.last.receive(message('a', { type: 'event', data }));
    expect(of('message')).toHaveLength(1);
    expect(of('participantJoined')).toHaveLength(0);
  });

  it('[SD17] and is no JSON object is passed over', async () => {
    const { net, client } = await openFakeMeeting();
    for (const data of ['no json', '[]', 'null', '7']) net.last.onmessage?.({ data } as never);
    expect(client.state.status).toBe('open');
  });

  it('[SD17] is remembered for the last 1024 messages', () => {
    const isNew = createRecentIds(2);
    expect(['a', 'b', 'a', 'c', 'a'].map((id) => isNew(id))).toEqual([true, true, false, true, true]);
  });

  it('[SD25] of a lock is told, also when it happened while there was no connection', async () => {
    const { net, of, pass } = await openFakeMeeting({ locked: false });
    net.last.receive(userEvent('meeting-locked', 'bob'));
    net.last.receive(userEvent('meeting-locked', 'bob'));
    expect(of('meetingLocked')).toMatchObject([{ by: { userId: 'bob' } }]);
    net.last.end();
    await pass(1000);
    net.last.welcome({ locked: false, log: { recovered: true } });
    expect(of('meetingUnlocked')).toEqual([{ by: undefined }]);
    net.last.receive(userEvent('meeting-locked', 'carol'));
    net.last.receive(userEvent('meeting-unlocked', 'carol'));
    expect(of('meetingUnlocked')).toHaveLength(2);
  });

  it('[SD11] after a change of the epoch is told of as a new log, with a new roster', async () => {
    const { net, of, client, pass } = await openFakeMeeting({
      seq: 40,
      participants: [participant('alice')],
    });
    net.last.receive(chatLine(41));
    net.last.end();
    await pass(1000);
    const participants = [participant('alice'), participant('carol')];
    net.last.welcome({ participants, log: { epoch: 'second', seq: 3 } });
    net.last.receive(chatLine(4));
    expect(of('welcome').map(({ resumption }) => resumption)).toEqual(['first', 'epoch-changed']);
    expect(of('logGap')).toEqual([{ reason: 'epoch-changed' }]);
    expect(of('chat').map(({ seq }) => seq)).toEqual([41, 4]);
    expect(client.participants.map(({ userId }) => userId)).toEqual(['alice', 'carol']);
    expect(of('participantJoined')).toMatchObject([{ userId: 'carol' }]);
  });

  it('[SD11] after lines have expired goes on from the welcome', async () => {
    const { net, of, pass } = await openFakeMeeting({ seq: 40 });
    net.last.end();
    await pass(1000);
    net.last.welcome({ seq: 90 });
    net.last.receive(chatLine(91));
    expect(of('logGap')).toEqual([{ reason: 'lines-expired' }]);
    expect(of('chat').map(({ seq }) => seq)).toEqual([91]);
  });

  it('[SD11] of a log that began anew while connected makes it connect again', async () => {
    const { net, client, pass } = await openFakeMeeting();
    await pass(60_000);
    net.last.reply('history', { type: 'history', epoch: 'second', seq: 1, entries: [] });
    await settled();
    expect(client.state.status).toBe('reconnecting');
  });
});

describe('signals', () => {
  it('[SD16] are shown in the order of their sender', async () => {
    const { net, of, pass } = await openFakeMeeting();
    for (const clientSeq of [1, 3, 4, 2, 3])
      net.last.receive(signal(clientSeq, { messageId: `${Math.random()}` }));
    expect(of('signal').map(({ clientSeq }) => clientSeq)).toEqual([1, 2, 3, 4]);
    net.last.receive(signal(7));
    await pass(499);
    expect(of('signal')).toHaveLength(4);
    await pass(1);
    expect(of('signal').at(-1)).toMatchObject({ clientSeq: 7 });
    net.last.receive(signal(6));
    net.last.receive(signal(6, { messageId: 'again' }));
    expect(of('signal').map(({ clientSeq }) => clientSeq)).toEqual([1, 2, 3, 4, 7, 6]);
  });

  it('[SD16] to a user and to a session are counted apart, those without a number not at all', async () => {
    const { net, of } = await openFakeMeeting();
    net.last.receive(signal(1));
    net.last.receive(signal(1, { messageId: 'to the user', to: { userId: 'alice' } }));
    net.last.receive(signal(1, { messageId: 'of carol', from: from('carol') }));
    net.last.receive(signal(1, { messageId: 'plain', clientSeq: undefined }));
    net.last.receive(signal(1, { messageId: 'to all', to: undefined }));
    expect(of('signal')).toHaveLength(5);
  });

  it('[SD16] of a session that comes again after it was gone are counted anew', async () => {
    const { net, of } = await openFakeMeeting({ participants: [participant('alice'), participant('bob')] });
    net.last.receive(signal(1));
    net.last.receive(userEvent('user-left', 'bob', { seq: 2, reason: 'left' }));
    net.last.receive(signal(1, { messageId: 'anew' }));
    expect(of('signal')).toHaveLength(2);
  });

  it('[SD16] are numbered for each target, whatever its connection is called', async () => {
    const connections = [connection('bob-1', 'bob-tab')];
    const { client, net } = await openFakeMeeting({
      participants: [participant('alice'), participant('bob', { connections })],
    });
    const targets = [
      { session: 'bob-tab' },
      { connectionId: 'bob-1' },
      { userId: 'bob' },
      { connectionId: 'plain' },
      { session: 'bob-tab' },
    ];
    for (const target of targets) void client.signal(target, 'x').catch(() => {});
    const sent = net.last.sent.filter(({ action }) => action === 'sendMessage');
    expect(sent.map(({ clientSeq }) => clientSeq)).toEqual([1, 2, 1, 1, 3]);
    expect(sent.map(({ targetConnectionId, targetUserId }) => targetConnectionId ?? targetUserId)).toEqual([
      ...['bob-1', 'bob-1', 'bob', 'plain', 'bob-1'],
    ]);
  });

  it('[SD16] that were never sent have no number, for which others would wait', async () => {
    const { client, net, pass } = await openFakeMeeting();
    const bob = { userId: 'bob' };
    await expect(client.signal(bob, 'x'.repeat(40_000))).rejects.toMatchObject({ code: 'message_too_large' });
    net.last.end();
    const late = client.signal(bob, 'late').catch((error) => error.code);
    await pass(60_000);
    expect(await late).toBe('not_connected');
    net.last.welcome({ log: { recovered: true } });
    void client.signal(bob, 'x').catch(() => {});
    await settled();
    expect(net.last.last('sendMessage')).toMatchObject({ data: 'x', clientSeq: 1 });
  });

  it('[SD16] to a session find its connection anew when there is nobody any more', async () => {
    const { client, net } = await openFakeMeeting({
      participants: [participant('alice'), participant('bob')],
    });
    const sent = client.signal({ session: 'bob-tab' }, 'x');
    const gone = { type: 'error', code: 'target_not_found', message: 'Gone.', retryable: false };
    const { requestId, clientSeq } = net.last.last('sendMessage');
    const connections = [connection('bob-2', 'bob-tab')];
    net.last.receive(
      userEvent('user-updated', 'bob', { participant: participant('bob', { rev: 2, connections }) }),
    );
    net.last.reply('sendMessage', gone);
    expect(net.last.last('sendMessage')).toMatchObject({ targetConnectionId: 'bob-2', requestId, clientSeq });
    net.last.reply('sendMessage', gone);
    await expect(sent).rejects.toMatchObject({ code: 'target_not_found' });
    await expect(client.signal({ session: 'nowhere' }, 'x')).rejects.toMatchObject({
      code: 'target_not_found',
    });
  });

  it('[SD16] of an impostor, who calls a session like another, are told apart, and are not sent what is for the other', async () => {
    const bob = participant('bob', { connections: [connection('bob-1', 'bob-tab')] });
    const mallory = participant('mallory', { connections: [connection('mallory-1', 'bob-tab')] });
    const { client, net, of } = await openFakeMeeting({ participants: [participant('alice'), bob, mallory] });
    const impostor = { ...from('mallory'), session: 'bob-tab' };
    for (let number = 1; number <= 5; number++) {
      net.last.receive(signal(number, { messageId: `mallory ${number}`, from: impostor }));
    }
    net.last.receive(signal(1, { messageId: 'bob 1' }));
    expect(of('signal').filter((shown) => shown.from.userId === 'bob')).toHaveLength(1);
    for (let times = 0; times < 2; times++) {
      void client.signal({ session: 'bob-tab', userId: 'bob' }, 'x').catch(() => {});
      expect(net.last.last('sendMessage')).toMatchObject({
        targetConnectionId: 'bob-1',
        clientSeq: times + 1,
      });
    }
  });

  it('[SD17] of an impostor, who calls a session like this one, are not taken for its own', async () => {
    const { net, of } = await openFakeMeeting();
    const impostor = { ...from('mallory'), session: 'alice-tab' };
    net.last.receive({ type: 'note', from: impostor, data: 1, timestamp: '', messageId: 'note' });
    net.last.receive({ type: 'chat', from: impostor, data: 1, timestamp: '', messageId: 'chat', seq: 2 });
    expect(of('message')).toMatchObject([{ from: { userId: 'mallory' } }]);
    expect(of('chat')).toMatchObject([{ own: false, from: { userId: 'mallory' } }]);
  });

  it('[SD16] come once and in order, however they are shuffled and repeated within the wait', () => {
    const seed = seedOfRun();
    const random = seededRandom(seed);
    const shown: number[] = [];
    const order = new SignalOrder<number>(new ManualClock(), (number) => shown.push(number));
    const numbers = Array.from({ length: 500 }, (_, index) => index + 1);
    const shuffled = numbers.flatMap((number) => [number, number]).sort(() => random.next() - 0.5);
    for (const number of shuffled) order.take('bob', number, number);
    expect(shown, `seed ${seed}`).toEqual(numbers);
  });
});

describe('listeners', () => {
  it('[SD23] that throw keep nothing from the others, and are told of as an error', async () => {
    const { client, net, of } = await openFakeMeeting();
    const heard: unknown[] = [];
    const fault = new Error('a bug');
    client.on('message', () => {
      throw fault;
    });
    client.on('message', ({ data }) => heard.push(data));
    net.last.receive(message('a'));
    net.last.receive(message('b'));
    expect(heard).toEqual(['a', 'b']);
    expect(of('error').map(({ code, cause }) => [code, cause])).toEqual([
      ['listener_failed', fault],
      ['listener_failed', fault],
    ]);
  });

  it('[SD23] of errors that throw are written to the console', async () => {
    const { client, net } = await openFakeMeeting();
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {});
    client.on('error', () => {
      throw new Error('a bug');
    });
    net.last.receive({ type: 'error', code: 'unknown_action', message: 'No.' });
    expect(console).toHaveBeenCalledTimes(1);
    console.mockRestore();
  });

  it('[SD23] are called until they are taken away, once if they want to be', async () => {
    const { client, net } = await openFakeMeeting();
    const heard: string[] = [];
    const listener = () => heard.push('on');
    client.on('message', listener);
    const off = client.on('message', () => heard.push('other'));
    client.once('message', () => heard.push('once'));
    client.once('message', () => heard.push('never'))();
    net.last.receive(message('a'));
    off();
    net.last.receive(message('b'));
    client.off('message', listener);
    net.last.receive(message('c'));
    expect(heard).toEqual(['on', 'other', 'once', 'on']);
  });

  it('[SD23] may be a loop, which gets all that comes from then on until the client is closed', async () => {
    const { client, net } = await openFakeMeeting();
    const messages = client.events('message');
    net.last.receive(message('a'));
    const data: unknown[] = [];
    const loop = (async () => {
      for await (const one of messages) data.push(one.data);
    })();
    await settled();
    net.last.receive(message('b'));
    net.last.receive(message('c'));
    client.close();
    await loop;
    expect(data).toEqual(['a', 'b', 'c']);
    const late = [];
    for await (const one of client.events('message')) late.push(one);
    expect(late).toEqual([]);
  });

  it('[SD23] that are a loop are none any more when it is left', async () => {
    const { client, net } = await openFakeMeeting();
    const messages = client.events('message');
    net.last.receive(message('a'));
    for await (const one of messages) {
      expect(one.data).toBe('a');
      break;
    }
    net.last.receive(message('b'));
    expect(await messages.next()).toEqual({ value: undefined, done: true });
  });
});
