import { describe, expect, it } from 'vitest';
import { chatLine, participant, userEvent } from '../../test/harness/FakeSockets.ts';
import { type FakeMeeting, openFakeMeeting } from '../../test/harness/fakeMeeting.ts';

/** A client whose renewal has opened its connection and not been welcomed yet. */
async function renewing(): Promise<FakeMeeting & { old: FakeMeeting['net']['last'] }> {
  const meeting = await openFakeMeeting({ seq: 1 });
  const old = meeting.net.last;
  // 85 % of two hours, and half of the 10 % that are left to chance.
  for (let minutes = 0; minutes < 108; minutes++) {
    await meeting.pass(60_000);
    if (old.count('history') > 0)
      old.reply('history', { type: 'history', epoch: 'first', seq: 1, entries: [] });
  }
  return { ...meeting, old };
}

describe('a renewal', () => {
  it('[SD22] connects before API Gateway ends the connection, which stays until the new one is up', async () => {
    const { net, old, client, pass, of } = await renewing();
    expect(net.all).toHaveLength(2);
    net.last.open();
    expect(net.last.last('join')).toMatchObject({ replaces: 'alice-1', since: { epoch: 'first', seq: 1 } });
    expect(old.closed).toBe('no');
    net.last.receive({ ...{ type: 'error', requestId: 'join', code: 'internal_error' }, retryable: true });
    expect(client.state).toEqual({ status: 'open' });
    await pass(30_000);
    expect(net.all).toHaveLength(3);
    net.last.welcome({ seq: 1, log: { recovered: true } });
    expect(old.closed).toBe('no');
    await pass(5000);
    expect(old.closed).toBe('by client');
    expect(of('stateChange')).toEqual([{ status: 'open' }]);
    expect(of('welcome').map(({ resumption }) => resumption)).toEqual(['first', 'recovered']);
  });

  it('[SD22] loses, doubles and reorders nothing that comes on either connection', async () => {
    const { net, old, of, pass } = await renewing();
    old.receive(chatLine(2));
    net.last.open();
    old.receive(chatLine(4));
    net.last.receive(chatLine(5));
    net.last.receive({ ...chatLine(0), type: 'note', seq: undefined, messageId: 'note' });
    net.last.welcome({ seq: 4, log: { recovered: true, entries: [chatLine(3), chatLine(4)] } });
    old.receive({ ...chatLine(0), type: 'note', seq: undefined, messageId: 'note' });
    old.receive(chatLine(5));
    old.receive(chatLine(6));
    await pass(5000);
    net.last.receive(chatLine(6));
    expect(of('chat').map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);
    expect(of('message')).toHaveLength(1);
  });

  it('[SD22] is not seen by others: of a session only the newest connection counts', async () => {
    const { net, old, of, client } = await renewing();
    const bob = participant('bob');
    old.receive(userEvent('user-joined', 'bob', { seq: 2, participant: bob }));
    const [first] = bob.connections as readonly object[];
    const two = { ...bob, rev: 2, connections: [first, { ...first, connectionId: 'bob-2' }] };
    old.receive(userEvent('user-updated', 'bob', { participant: two }));
    expect(client.participants.at(-1)?.connections).toEqual([{ ...first, connectionId: 'bob-2' }]);
    const one = { ...bob, rev: 3, connections: [{ ...first, connectionId: 'bob-2' }] };
    old.receive(userEvent('user-updated', 'bob', { participant: one }));
    expect(of('participantUpdated')).toHaveLength(1);
    expect(of('participantLeft')).toHaveLength(0);
    expect(net.all).toHaveLength(2);
  });

  it('[SD22] becomes the reconnecting when the old connection ends meanwhile', async () => {
    const { net, old, client, pass } = await renewing();
    net.last.open();
    old.end(1001);
    expect(client.state).toMatchObject({ status: 'reconnecting', attempt: 1 });
    await pass(10_000);
    expect(net.all).toHaveLength(2);
    net.last.welcome({ seq: 1, log: { recovered: true } });
    expect(client.state).toEqual({ status: 'open' });
  });

  it('[SD22] lets what was asked on the old connection be answered there, and asks again what was not', async () => {
    const { net, old, client, pass } = await renewing();
    const first = client.sendChat('first');
    await pass(0);
    net.last.welcome({ seq: 1, log: { recovered: true } });
    old.reply('sendMessage', { type: 'ack', seq: 2, messageId: 'm2' });
    expect(await first).toEqual({ seq: 2, messageId: 'm2' });

    const second = client.sendChat('second');
    await pass(0);
    expect(old.count('sendMessage')).toBe(1);
    net.last.reply('sendMessage', { type: 'ack', seq: 3, messageId: 'm3' });
    expect(await second).toEqual({ seq: 3, messageId: 'm3' });
  });

  it('[SD22] keeps who came and went on the old connection after the line that the welcome knows', async () => {
    const { net, old, client, of } = await renewing();
    net.last.open();
    old.receive(userEvent('user-joined', 'bob', { seq: 2, participant: participant('bob') }));
    old.receive(userEvent('user-joined', 'carol', { seq: 3, participant: participant('carol', { rev: 5 }) }));
    old.receive(userEvent('user-left', 'bob', { seq: 4, reason: 'left' }));
    const participants = [participant('alice'), participant('bob')];
    net.last.welcome({ seq: 2, log: { recovered: true }, participants });
    expect(client.participants.map(({ userId }) => userId)).toEqual(['alice', 'carol']);
    expect(of('participantJoined').map(({ userId }) => userId)).toEqual(['bob', 'carol']);
    expect(of('participantLeft')).toHaveLength(1);
  });
});
