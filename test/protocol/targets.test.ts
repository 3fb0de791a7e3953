import { describe, expect, it } from 'vitest';
import { aConnection } from '../harness/connections.ts';
import { startTestServer } from '../harness/server.ts';

const message = { action: 'sendMessage', data: 'hello' };
const roomy = { connectionsPerMeeting: 100, connectionsPerUser: 5 };

describe('targets of sendMessage', () => {
  it('[TG1] reaches one connection by targetConnectionId, and no other of its user', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const { client: phone, connectionId: targetConnectionId } = await server.connectKnown('bob');
    const laptop = await server.connect('bob');
    expect(await alice.request({ ...message, targetConnectionId })).toMatchObject({ sent: 1 });
    expect(await phone.next()).toMatchObject({ data: 'hello' });
    expect(await laptop.request({ ...message, meetingId: 'standup' })).toMatchObject({ sent: 2 });
    expect(laptop.unread).toEqual([]);
  });

  it('[TG2] reaches every connection of a user, the sending one too, and nobody else', async () => {
    const server = await startTestServer();
    const [alice, phone, laptop] = [
      await server.connect('alice'),
      await server.connect('bob'),
      await server.connect('bob'),
    ];
    expect(await alice.request({ ...message, targetUserId: 'bob' })).toMatchObject({ sent: 2 });
    for (const client of [phone, laptop]) expect(await client.next()).toMatchObject({ data: 'hello' });
    phone.send({ ...message, targetUserId: 'bob', requestId: 'to myself' });
    expect(await laptop.next()).toMatchObject({ data: 'hello' });
    const frames = [await phone.next(), await phone.next()];
    expect(frames).toContainEqual(expect.objectContaining({ type: 'ack', sent: 2 }));
    expect(frames).toContainEqual(expect.objectContaining({ type: 'message', data: 'hello' }));
    expect(alice.unread).toEqual([]);
  });

  it('[TG3] reaches everyone but the sending connection by meetingId', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const [laptop, bob, mallory] = [
      await server.connect('alice'),
      await server.connect('bob'),
      await server.connect('mallory', { meetingId: 'elsewhere' }),
    ];
    expect(await alice.request({ ...message, meetingId: 'standup' })).toMatchObject({ type: 'ack', sent: 2 });
    for (const client of [laptop, bob]) expect(await client.next()).toMatchObject({ data: 'hello' });
    expect(await mallory.request({ ...message, meetingId: 'elsewhere' })).toMatchObject({
      type: 'ack',
      sent: 0,
    });
    expect(alice.unread).toEqual([]);
  });

  it('[TG4] lets the most specific target win and does not look at the others', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const { client: bob, connectionId } = await server.connectKnown('bob');
    const carol = await server.connect('carol');
    const all = { targetConnectionId: connectionId, targetUserId: 'carol', meetingId: 'standup' };
    expect(await alice.request({ ...message, ...all })).toMatchObject({ sent: 1 });
    expect(await bob.next()).toMatchObject({ to: { connectionId } });
    const user = { targetUserId: 'carol', meetingId: 'elsewhere' };
    expect(await alice.request({ ...message, ...user })).toMatchObject({ sent: 1 });
    expect(await carol.next()).toMatchObject({ to: { userId: 'carol' } });
    const ignored = { targetConnectionId: connectionId, targetUserId: 7, meetingId: {} };
    expect(await alice.request({ ...message, ...ignored })).toMatchObject({ sent: 1 });
  });

  it('[TG5] refuses a message without a target', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    expect(await alice.request(message)).toMatchObject({ status: 400, code: 'missing_target' });
  });

  it.each(['targetConnectionId', 'targetUserId', 'meetingId'])(
    '[TG5] refuses a %s that is no id',
    async (field) => {
      const server = await startTestServer();
      const alice = await server.connect('alice');
      for (const value of ['', 'x'.repeat(129), 'a\u0000', '\ud800', 7, true, {}, ['standup']]) {
        expect(await alice.request({ ...message, [field]: value })).toMatchObject({
          status: 400,
          code: 'invalid_request',
          details: { field },
        });
      }
    },
  );

  it('[TG6] refuses another meeting', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const mallory = await server.connect('mallory', { meetingId: 'elsewhere' });
    for (const meetingId of ['elsewhere', 'nowhere']) {
      expect(await alice.request({ ...message, meetingId })).toMatchObject({
        status: 403,
        code: 'other_meeting',
      });
    }
    expect(await mallory.request({ ...message, meetingId: 'elsewhere' })).toMatchObject({ type: 'ack' });
    expect(mallory.unread).toEqual([]);
  });

  it('[TG7] says the same of a target elsewhere as of one nowhere', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const { client: mallory, connectionId } = await server.connectKnown('mallory', {
      meetingId: 'elsewhere',
    });
    const replies = [
      await alice.request({ ...message, targetUserId: 'mallory' }),
      await alice.request({ ...message, targetUserId: 'nobody' }),
      await alice.request({ ...message, targetConnectionId: connectionId }),
      await alice.request({ ...message, targetConnectionId: 'AAAAAAAAAAIAAAA=' }),
    ];
    expect(replies[0]).toMatchObject({ status: 404, code: 'target_not_found' });
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    expect(await mallory.request({ ...message, meetingId: 'elsewhere' })).toMatchObject({ type: 'ack' });
    expect(mallory.unread).toEqual([]);
  });

  it('[TG8] acks a target that turns out to be gone as stale, once', async () => {
    const server = await startTestServer();
    await server.meetings.connect(
      aConnection({ connectionId: 'bob-gone', userId: 'bob', connectedAtMs: Date.now() - 30_001 }),
      roomy,
    );
    const alice = await server.connect('alice');
    const toBob = { ...message, targetUserId: 'bob' };
    expect(await alice.request(toBob)).toMatchObject({ type: 'ack', sent: 0, failed: 0, stale: 1 });
    expect(await alice.request(toBob)).toMatchObject({ code: 'target_not_found' });
    expect(server.logged).toContainEqual(
      expect.objectContaining({ event: 'stale removed', staleConnectionId: 'bob-gone' }),
    );
  });

  it('[TG8] parts with the connection that is gone, and with no other of its user', async () => {
    const server = await startTestServer();
    const alice = await server.connect('alice');
    const bob = await server.connect('bob');
    await server.meetings.connect(
      aConnection({ connectionId: 'bob-gone', userId: 'bob', connectedAtMs: Date.now() - 30_001 }),
      roomy,
    );
    const toBob = { ...message, targetUserId: 'bob' };
    expect(await alice.request(toBob)).toMatchObject({ type: 'ack', sent: 1, failed: 0, stale: 1 });
    expect(await alice.request(toBob)).toMatchObject({ type: 'ack', sent: 1, failed: 0, stale: 0 });
    for (let n = 0; n < 2; n++) expect(await bob.next()).toMatchObject({ data: 'hello' });
  });

  it('[TG8] gives a connection that may still be opening the benefit of the doubt', async () => {
    const server = await startTestServer();
    await server.meetings.connect(
      aConnection({ connectionId: 'bob-opening', userId: 'bob', connectedAtMs: Date.now() }),
      roomy,
    );
    const alice = await server.connect('alice');
    const toBob = { ...message, targetUserId: 'bob' };
    expect(await alice.request(toBob)).toMatchObject({ type: 'ack', sent: 0, failed: 1, stale: 0 });
    expect(await alice.request(toBob)).toMatchObject({ type: 'ack', sent: 0, failed: 1, stale: 0 });
  });
});
