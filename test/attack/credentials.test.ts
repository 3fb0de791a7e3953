import { describe, expect, it } from 'vitest';
import { type Issuer, startIssuer } from '../harness/issuer.ts';
import { RawClient } from '../harness/RawClient.ts';
import { startTestServer, type TestServer } from '../harness/server.ts';
import { TestClient } from '../harness/TestClient.ts';
import { aliceClaims, handmadeToken, secretToken, tampered, testSecret } from '../harness/tokens.ts';
import { expectUntouched } from './untouched.ts';

type Claims = Readonly<Record<string, unknown>>;

const standup = { meetingId: 'standup' };
const token = secretToken();

/** A server that takes tokens of an issuer, and what a good one says. */
async function withIssuer(): Promise<{ server: TestServer; issuer: Issuer; says: Claims }> {
  const issuer = await startIssuer();
  const server = await startTestServer({ AUTH_ISSUER: issuer.url, AUTH_AUDIENCE: 'meetings' });
  return { server, issuer, says: { ...aliceClaims, iss: issuer.url, aud: 'meetings' } };
}

const withSecret = () => startTestServer({ AUTH_SECRET: testSecret });

const offering = (...tokens: string[]) => ({
  protocols: ['cloudmeetx.v1', ...tokens.map((one) => `bearer.${one}`)],
});

/** Sees that a good token gets in wherever bad ones, in either place, get the answer of none. */
async function expectRefused(server: TestServer, bad: readonly string[], good: string): Promise<void> {
  const none = await TestClient.refused(server.url(standup));
  expect(none.statusCode).toBe(401);
  for (const presented of bad) {
    const inQuery = await TestClient.refused(server.url({ ...standup, token: presented }));
    const offered = await TestClient.refused(server.url(standup), offering(presented));
    for (const answer of [inQuery, offered])
      expect([answer.statusCode, answer.body]).toEqual([401, none.body]);
    expect(JSON.stringify(server.logged)).not.toContain(presented);
  }
  await expectIn(server, good);
}

async function expectIn(server: TestServer, good: string): Promise<void> {
  for (const [query, options] of [
    [{ ...standup, token: good }, offering()],
    [standup, offering(good)],
  ] as const) {
    const client = await TestClient.connect(server.url(query), options);
    expect(await client.replyTo({ action: 'join' })).toMatchObject({ self: { userId: 'alice' } });
    await client.close();
  }
}

describe('credentials', () => {
  it('[AU2] no token gets nobody in, whatever the query says', async () => {
    const server = await withSecret();
    const claims = { userId: 'alice', userName: 'Alice', role: 'host' };
    for (const query of [{}, claims, { ...claims, token: '' }, { Token: token }, { access_token: token }])
      expect((await TestClient.refused(server.url({ ...standup, ...query }))).statusCode).toBe(401);
    await expectIn(server, token);
  });

  it('[AU4] an expired token gets nobody in', async () => {
    await expectRefused(await withSecret(), [secretToken({ ...aliceClaims, exp: 1_700_000_000 })], token);
  });

  it('[AU4] a token without an expiry gets nobody in', async () => {
    const says = [{ sub: 'alice' }, { ...aliceClaims, exp: null }, { ...aliceClaims, exp: '4000000000' }];
    const bad = says.map((claims) => secretToken(claims));
    await expectRefused(await withSecret(), bad, token);
  });

  it('[AU4] a token that is not valid yet gets nobody in', async () => {
    await expectRefused(await withSecret(), [secretToken({ ...aliceClaims, nbf: 3_900_000_000 })], token);
  });

  it('[AU5] a token of another issuer gets nobody in', async () => {
    const { server, issuer, says } = await withIssuer();
    const others = ['https://elsewhere.example', `${issuer.url}/`, `${issuer.url}.evil.test`, undefined];
    const bad = others.map((iss) => issuer.sign({ ...says, iss }));
    await expectRefused(server, bad, issuer.sign(says));
  });

  it('[AU5] a token for another audience gets nobody in', async () => {
    const { server, issuer, says } = await withIssuer();
    const bad = ['others', ['others'], 'Meetings', '', undefined].map((aud) => issuer.sign({ ...says, aud }));
    await expectRefused(server, bad, issuer.sign(says));
  });

  it('[AU4][AU5] a token with alg none, in any spelling, gets nobody in', async () => {
    const spellings = ['none', 'None', 'NONE', 'nOnE', ''];
    const unsigned = (says: Claims) =>
      spellings.flatMap((alg) => ['', 'AAAA'].map((end) => handmadeToken({ alg }, says, () => end)));
    await expectRefused(await withSecret(), unsigned(aliceClaims), token);
    const { server, issuer, says } = await withIssuer();
    await expectRefused(server, unsigned(says).slice(0, 2), issuer.sign(says));
  });

  it('[AU5] a token signed with HS256 and the public key as the secret gets nobody in', async () => {
    const { server, issuer, says } = await withIssuer();
    const secrets = [issuer.publicKey, issuer.publicKey.trim()];
    const bad = secrets.map((secret) => secretToken(says, secret, { kid: 'RS256-working' }));
    await expectRefused(server, bad, issuer.sign(says));
  });

  it('[AU5] a token with the name of a key that is not published gets nobody in, and has no keys fetched each time', async () => {
    const { server, issuer, says } = await withIssuer();
    const bad = ['another', '../keys', '', 'RS256-changed'].map((kid) => issuer.sign(says, { kid }));
    await expectRefused(server, bad, issuer.sign(says));
    expect(issuer.requests.length).toBeLessThan(2 * bad.length);
  });

  it('[AU5] a token that brings its own key, or says where one is, gets nobody in and is followed nowhere', async () => {
    const { server, issuer, says } = await withIssuer();
    const elsewhere = await startIssuer();
    const headers = [
      { jku: elsewhere.jwksUri },
      { x5u: elsewhere.jwksUri },
      { jwk: { kty: 'oct', k: 'AAAA' } },
    ];
    const bad = headers.map((header) => secretToken(says, 'AAAA', { ...header, kid: 'x' }));
    await expectRefused(server, bad, issuer.sign(says));
    expect(elsewhere.requests).toEqual([]);
  });

  it('[AU4][AU5] a token signed with another key gets nobody in', async () => {
    await expectRefused(await withSecret(), [secretToken(aliceClaims, `${testSecret}!`)], token);
    const { server, issuer, says } = await withIssuer();
    const bad = issuer.sign(says, { alg: 'ES256', kid: 'RS256-working' });
    await expectRefused(server, [bad], issuer.sign(says, { alg: 'ES256' }));
  });

  it('[AU4] a token whose payload was tampered with gets nobody in', async () => {
    const changes = [{ sub: 'bob' }, { role: 'host' }, { meetingId: 'board' }, { exp: 4_000_000_001 }];
    const cut = [token.slice(0, -1), token.slice(0, token.lastIndexOf('.') + 1), `${token}.x`];
    const bad = [...changes.map((claims) => tampered(token, claims)), ...cut];
    await expectRefused(await withSecret(), bad, token);
  });

  it('[AU8] a token for another meeting opens no other', async () => {
    const server = await withSecret();
    const forBoard = secretToken({ ...aliceClaims, meetingId: 'board', role: 'host' });
    for (const meetingId of ['standup', 'Board', 'board ', 'bo\u0430rd']) {
      const { statusCode, body } = await TestClient.refused(server.url({ meetingId, token: forBoard }));
      expect([statusCode, JSON.parse(body).code]).toEqual([403, 'meeting_not_allowed']);
    }
    const client = await TestClient.connect(server.url({ meetingId: 'board', token: forBoard }));
    const twice = `${server.url({ meetingId: 'board', token: forBoard })}&meetingId=standup`;
    expect((await TestClient.refused(twice)).statusCode).toBe(403);
    await expectUntouched(client);
  });

  it('[AU4] a token of 10 KB gets nobody in', async () => {
    const server = await withSecret();
    const long = secretToken({ ...aliceClaims, more: 'x'.repeat(10_240) });
    expect((await TestClient.refused(server.url(standup), offering(long))).statusCode).toBe(401);
    await expectIn(server, secretToken({ ...aliceClaims, more: 'x'.repeat(1000) }));
  });

  it('[AU2] two tokens that disagree get nobody in, in whichever places', async () => {
    const server = await withSecret();
    const bobs = secretToken({ ...aliceClaims, sub: 'bob' });
    for (const [query, protocols] of [
      [{ token: bobs }, offering(token)],
      [{ token }, offering('garbage')],
      [{}, offering(token, bobs)],
    ] as const)
      expect((await TestClient.refused(server.url({ ...standup, ...query }), protocols)).statusCode).toBe(
        401,
      );
    expect((await TestClient.refused(`${server.url({ ...standup, token })}&token=${bobs}`)).statusCode).toBe(
      401,
    );
    await expectIn(server, token);
  });

  it('[AU2] two offers in headers of two spellings get nobody in', async () => {
    const server = await withSecret();
    const bobs = secretToken({ ...aliceClaims, sub: 'bob' });
    const [one, other] = [`cloudmeetx.v1, bearer.${token}`, `bearer.${bobs}`];
    for (const headers of [
      { 'Sec-WebSocket-Protocol': [one, other] },
      { 'Sec-WebSocket-Protocol': one, 'sec-websocket-protocol': other },
      { 'SEC-WEBSOCKET-PROTOCOL': other, 'Sec-WebSocket-Protocol': one },
    ])
      expect((await RawClient.refused(server.url(standup), { headers })).statusCode).toBe(401);
    await RawClient.open(server.url(standup), { headers: { 'Sec-WebSocket-Protocol': one } });
  });

  it('[AU2] a token in a header that is no place for it gets nobody in', async () => {
    const server = await withSecret();
    for (const headers of [
      { Authorization: `Bearer ${token}` },
      { Cookie: `token=${token}` },
      { 'X-Token': token, 'X-Authorization': `Bearer ${token}` },
    ])
      expect((await TestClient.refused(server.url(standup), { headers })).statusCode).toBe(401);
    await expectIn(server, token);
  });
});
