import { describe, expect, it } from 'vitest';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import { TestClient, type TestClientOptions } from '../harness/TestClient.ts';
import { aliceClaims, handmadeToken, secretToken, tampered, testSecret } from '../harness/tokens.ts';

type Query = Readonly<Record<string, string>>;
type Offer = readonly string[];

const standup = { meetingId: 'standup' };
const token = secretToken();
const bobsToken = secretToken({ ...aliceClaims, sub: 'bob', name: 'Bob' });
const v1With = (...tokens: string[]): TestClientOptions => ({
  protocols: ['cloudmeetx.v1', ...tokens.map((one) => `bearer.${one}`)],
});

const start = () => startTestServer({ AUTH_SECRET: testSecret });

async function startWithIssuer(): Promise<{
  server: TestServer;
  issuer: Issuer;
  says: Readonly<Record<string, unknown>>;
}> {
  const issuer = await startIssuer();
  const server = await startTestServer({ AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: 'meetings' });
  return { server, issuer, says: { ...aliceClaims, iss: issuer.url, aud: 'meetings' } };
}

async function statusOf(server: TestServer, query: Query, options: TestClientOptions = {}): Promise<number> {
  const { statusCode, body } = await TestClient.refused(server.url({ ...standup, ...query }), options);
  for (const secret of [testSecret, token, ...Object.values(query)].filter(Boolean))
    expect(body).not.toContain(secret);
  return statusCode;
}

describe('credentials', () => {
  it('[AU1] takes the token of a v1 client from the subprotocol, and confirms cloudmeetx.v1 alone', async () => {
    const server = await start();
    for (const protocols of [
      v1With(token).protocols ?? [],
      [`bearer.${token}`, 'cloudmeetx.v1'],
    ] as Offer[]) {
      const client = await TestClient.connect(server.url(standup), { protocols });
      expect(client.socket.protocol).toBe('cloudmeetx.v1');
      expect(await client.replyTo({ action: 'join' })).toMatchObject({
        type: 'welcome',
        self: { userId: 'alice' },
      });
      await client.close();
    }
  });

  it('[AU1] takes the token of any client from the query', async () => {
    const server = await start();
    const plain = await TestClient.connect(server.url({ ...standup, token }));
    expect(await plain.request({ action: 'sendMessage', meetingId: 'standup', data: 1 })).toMatchObject({
      type: 'ack',
    });
    const v1 = await TestClient.connect(server.url({ ...standup, token }), v1With());
    expect(await v1.replyTo({ action: 'join' })).toMatchObject({ self: { userId: 'alice' } });
    const both = await TestClient.connect(server.url({ ...standup, token }), v1With(token));
    expect(await both.replyTo({ action: 'join' })).toMatchObject({ self: { userId: 'alice' } });
  });

  it('[AU2] refuses whoever has no token, or several', async () => {
    const server = await start();
    expect(await statusOf(server, {})).toBe(401);
    expect(await statusOf(server, { token: '' })).toBe(401);
    expect(await statusOf(server, { userId: 'alice', userName: 'Alice' }, v1With())).toBe(401);
    expect(await statusOf(server, {}, { headers: { authorization: `Bearer ${token}` } })).toBe(401);
    expect(await statusOf(server, { token: bobsToken }, v1With(token))).toBe(401);
    expect(await statusOf(server, {}, v1With(token, bobsToken))).toBe(401);
    for (const reason of ['no-token', 'several-tokens']) await server.logLine({ event: 'refused', reason });
  });

  it('[AU3] refuses an offer of the token alone, which no browser would take an answer to', async () => {
    const server = await start();
    const { statusCode, body } = await TestClient.refused(server.url(standup), {
      protocols: [`bearer.${token}`],
    });
    expect(statusCode).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ code: 'unsupported_subprotocol' });
  });

  it.each([
    ['expired', secretToken({ ...aliceClaims, exp: 1_700_000_000 })],
    ['no-expiry', secretToken({ sub: 'alice' })],
    ['not-yet-valid', secretToken({ ...aliceClaims, nbf: 3_900_000_000 })],
    ['wrong-issuer', secretToken({ ...aliceClaims, iss: 'https://elsewhere.example', aud: 'meetings' })],
    ['wrong-audience', secretToken({ ...aliceClaims, iss: 'https://issuer.example', aud: 'others' })],
    ['bad-signature', secretToken(aliceClaims, `${testSecret}!`)],
    ['bad-signature', tampered(token, { sub: 'bob' })],
    ['algorithm-not-allowed', handmadeToken({ alg: 'none' }, aliceClaims, () => '')],
    ['malformed', 'garbage'],
    ['unusable-user-id', secretToken({ ...aliceClaims, sub: 'a\nb' })],
    ['unusable-meeting-id', secretToken({ ...aliceClaims, meetingId: 7 })],
  ])('[AU4] refuses a token as %s, and tells its bearer nothing but that', async (reason, presented) => {
    const server = await startTestServer({
      AUTH_SECRET: testSecret,
      ...(reason.startsWith('wrong') && { AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'meetings' }),
    });
    const query = await TestClient.refused(server.url({ ...standup, token: presented }));
    const offered = await TestClient.refused(server.url(standup), v1With(presented));
    const absent = await TestClient.refused(server.url(standup));
    expect([query.statusCode, offered.statusCode]).toEqual([401, 401]);
    expect([query.body, offered.body]).toEqual([absent.body, absent.body]);
    await server.logLine({ event: 'refused', reason });
    expect(JSON.stringify(server.logged)).not.toContain(presented);
  });

  it('[AU4] refuses a token over 8,192 bytes, and one of 10 KB', async () => {
    const server = await start();
    for (const bytes of [8193, 10_240])
      expect(await statusOf(server, {}, v1With('x'.repeat(bytes)))).toBe(401);
    await server.logLine({ event: 'refused', reason: 'too-long' });
    expect(await statusOf(server, {}, v1With('x'.repeat(8192)))).toBe(401);
    await server.logLine({ event: 'refused', reason: 'malformed' });
  });

  it('[AU5] takes tokens that an issuer has signed with a key that it publishes, and no others', async () => {
    const { server, issuer, says } = await startWithIssuer();
    for (const alg of ['RS256', 'ES256'] as const) {
      const client = await TestClient.connect(server.url(standup), v1With(issuer.sign(says, { alg })));
      expect(await client.replyTo({ action: 'join' })).toMatchObject({ self: { userId: 'alice' } });
    }
    const forged: Readonly<Record<string, string>> = {
      'bad-signature': tampered(issuer.sign(says), { sub: 'bob' }),
      'unknown-key': issuer.sign(says, { kid: 'another' }),
      'algorithm-not-allowed': secretToken(says, issuer.publicKey, { kid: 'RS256-working' }),
      'wrong-issuer': issuer.sign({ ...says, iss: 'https://elsewhere.example' }),
      'wrong-audience': issuer.sign({ ...says, aud: 'others' }),
    };
    for (const [reason, presented] of Object.entries(forged)) {
      expect(await statusOf(server, { token: presented })).toBe(401);
      await server.logLine({ event: 'refused', reason });
    }
  });

  it('[AU5] refuses with 500, not 401, while the keys of the issuer can not be had', async () => {
    const { server, issuer, says } = await startWithIssuer();
    issuer.state = 'failing';
    expect(await statusOf(server, { token: issuer.sign(says) })).toBe(500);
    await server.logLine({ level: 'error', event: 'error', routeKey: '$connect' });
  });

  it('[AU6] believes the token who somebody is, and not the query', async () => {
    const server = await start();
    const bob = await TestClient.connect(server.url({ ...standup, token: bobsToken }));
    for (const person of [
      { userId: 'bob', userName: 'Bob' },
      { userId: 'x'.repeat(200), userName: 'a\nb' },
    ]) {
      const alice = await TestClient.connect(server.url({ ...standup, ...person, token }));
      alice.send({ action: 'sendMessage', targetUserId: 'bob', data: 'hi' });
      expect(await bob.next()).toMatchObject({ from: { userId: 'alice', userName: 'Alice' } });
    }
  });

  it('[AU6] names a person by what the token has, if not by its name', async () => {
    const server = await start();
    for (const [says, userName] of [
      [{ name: ` A\u0000lice\n${'x'.repeat(200)}` }, `A lice ${'x'.repeat(121)}`],
      [{ name: null, preferred_username: 'ally' }, 'ally'],
      [{ name: undefined }, 'alice'],
    ] as const) {
      const client = await TestClient.connect(
        server.url(standup),
        v1With(secretToken({ ...aliceClaims, ...says })),
      );
      expect(await client.replyTo({ action: 'join' })).toMatchObject({ self: { userId: 'alice', userName } });
      await client.close();
    }
  });

  it('[AU7] knows three roles, participant without any, and refuses others', async () => {
    const server = await start();
    for (const role of ['host', 'participant', 'observer', undefined, null]) {
      const userId = `with-${role}`;
      const roleToken = secretToken({ ...aliceClaims, sub: userId, role });
      await TestClient.connect(server.url({ ...standup, token: roleToken }));
      await server.logLine({ event: 'connected', userId, role: role ?? 'participant' });
    }
    for (const role of ['Host', 'observers', '', 1, ['host']]) {
      expect(await statusOf(server, { token: secretToken({ ...aliceClaims, role }) })).toBe(401);
    }
  });

  it('[AU8] lets a token for one meeting into no other', async () => {
    const server = await start();
    const forStandup = secretToken({ ...aliceClaims, meetingId: 'standup' });
    await TestClient.connect(server.url({ ...standup, token: forStandup }));
    const { statusCode, body } = await TestClient.refused(
      server.url({ meetingId: 'board', token: forStandup }),
    );
    expect(statusCode).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ code: 'meeting_not_allowed' });
    const nowhere = await TestClient.refused(server.url({ token: forStandup }));
    expect(JSON.parse(nowhere.body)).toMatchObject({ code: 'missing_meeting_id' });
    await TestClient.connect(server.url({ meetingId: 'board', token }));
  });

  it('[AU9] looks at no token where authentication is off', async () => {
    const server = await startTestServer();
    const client = await TestClient.connect(
      server.url({ ...standup, userId: 'bob', token: 'garbage' }),
      v1With(token),
    );
    expect(client.socket.protocol).toBe('cloudmeetx.v1');
    expect(await client.replyTo({ action: 'join' })).toMatchObject({ self: { userId: 'bob' } });
  });
});
