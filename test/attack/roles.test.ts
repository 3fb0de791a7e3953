import { describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../harness/server.ts';
import { type Frame, TestClient } from '../harness/TestClient.ts';
import { aliceClaims, secretToken, testSecret } from '../harness/tokens.ts';
import { expectUntouched } from './untouched.ts';

type Claims = Readonly<Record<string, unknown>>;

const standup = { meetingId: 'standup' };
const token = secretToken();

const withSecret = () => startTestServer({ AUTH_SECRET: testSecret });

/** Joins with a token that says so, and a query that says what it likes. */
const joinWith = async (server: TestServer, claims: Claims, query: Readonly<Record<string, string>> = {}) => {
  const bearer = `bearer.${secretToken({ ...aliceClaims, ...claims })}`;
  const protocols = ['cloudmeetx.v1', bearer];
  const client = await TestClient.connect(server.url({ ...standup, ...query }), { protocols });
  return { client, welcome: await client.replyTo({ action: 'join' }) };
};

describe('who a token says somebody is', () => {
  it('[AU6] who somebody is the token says, and no query and no frame', async () => {
    const server = await withSecret();
    const { client: bob } = await joinWith(server, { sub: 'bob', name: 'Bob' });
    const claims = { userId: 'bob', userName: 'Bob', role: 'host', sub: 'bob' };
    const { client, welcome } = await joinWith(server, {}, claims);
    expect(welcome.self).toMatchObject({ userId: 'alice', userName: 'Alice', role: 'participant' });
    await bob.next();
    const plain = await TestClient.connect(server.url({ ...standup, ...claims, token }));
    for (const sender of [client, plain]) {
      await sender.replyTo({ action: 'sendMessage', targetUserId: 'bob', data: 1, ...claims });
      expect(await bob.next()).toMatchObject({ from: { userId: 'alice', userName: 'Alice' } });
    }
  });

  it('[AU7][RO2] a role that the token does not say is nobody’s, also of the first who comes', async () => {
    const server = await withSecret();
    const { client, welcome } = await joinWith(server, {}, { role: 'host' });
    expect(welcome.self).toMatchObject({ role: 'participant' });
    for (const action of ['lock', 'unlock', 'remove'])
      expect(await client.replyTo({ action, userId: 'bob' })).toMatchObject({ code: 'hosts_only' });
    const { welcome: hosts } = await joinWith(server, { sub: 'bob', role: 'host' });
    expect(hosts.self).toMatchObject({ role: 'host' });
  });
});

describe('what the role of a token opens', () => {
  it('[RO3][RO4] an observer neither speaks to all nor locks, unlocks or removes', async () => {
    const server = await withSecret();
    const { client: alice } = await joinWith(server, { role: 'host' });
    const { client: eve } = await joinWith(server, { sub: 'eve', role: 'observer' });
    const plain = await TestClient.connect(
      server.url({ ...standup, token: secretToken({ ...aliceClaims, sub: 'eve', role: 'observer' }) }),
    );
    await alice.next();
    const toAll = { action: 'sendMessage', meetingId: 'standup', data: 1 };
    for (const observer of [eve, plain]) {
      for (const messageType of ['message', 'chat', 'event'])
        expect(await observer.replyTo({ ...toAll, messageType })).toMatchObject({
          code: 'observers_only_listen',
        });
      for (const action of ['lock', 'unlock', 'remove'])
        expect(await observer.replyTo({ action, userId: 'alice' })).toMatchObject({ code: 'hosts_only' });
    }
    await expectUntouched(alice);
    const toAlice = { action: 'sendMessage', targetUserId: 'alice', data: 'a question' };
    expect(await eve.replyTo(toAlice)).toMatchObject({ type: 'ack', sent: 1 });
    expect(await alice.replyTo(toAll)).toMatchObject({ type: 'ack', sent: 2 });
  });

  it('[RM2] who was removed comes back with no new token of the same sub, whatever role it says', async () => {
    const server = await withSecret();
    const { client: alice } = await joinWith(server, { role: 'host' });
    const { client: bob } = await joinWith(server, { sub: 'bob', role: 'host' });
    expect(await alice.replyTo({ action: 'remove', userId: 'bob' })).toMatchObject({ type: 'ack' });
    await bob.closed;
    for (const role of ['host', 'participant', 'observer']) {
      const claims: Frame = { sub: 'bob', name: 'Another', role };
      expect((await joinWith(server, claims)).welcome).toMatchObject({ code: 'removed' });
      const url = server.url({ ...standup, token: secretToken({ ...aliceClaims, ...claims }) });
      expect((await TestClient.refused(url)).statusCode).toBe(403);
    }
    expect((await joinWith(server, { sub: 'carol' })).welcome).toMatchObject({ type: 'welcome' });
  });

  it('[LK2][RO2] a locked meeting is entered by a host’s token, and by no claim to be one', async () => {
    const server = await withSecret();
    const { client: alice } = await joinWith(server, { role: 'host' });
    expect(await alice.replyTo({ action: 'lock' })).toMatchObject({ type: 'ack' });
    for (const role of ['participant', 'observer'])
      expect((await joinWith(server, { sub: 'bob', role }, { role: 'host' })).welcome).toMatchObject({
        code: 'meeting_locked',
      });
    expect((await joinWith(server, { sub: 'bob', role: 'host' })).welcome).toMatchObject({ type: 'welcome' });
  });
});
