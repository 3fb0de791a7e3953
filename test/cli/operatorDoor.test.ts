import { request } from 'node:http';
import { expect, it } from 'vitest';
import { startTestServer } from '../harness/server.ts';

const TOKEN = 'an-operator-token-0123456789';
const withToken = { authorization: `Bearer ${TOKEN}` };

/** A server with alice in "standup", and how its door answers. */
async function doorOf(env: Readonly<Record<string, string>> = { OPERATOR_TOKEN: TOKEN }) {
  const server = await startTestServer(env);
  const { client: alice } = await server.join('alice');
  const ask = async (method: string, path: string, headers: Readonly<Record<string, string>> = {}) => {
    const { host } = new URL(server.webSocketUrl);
    const response = await fetch(`http://${host}${path}`, { method, headers });
    const body = await response.text();
    return { status: response.status, headers: response.headers, body };
  };
  return { server, alice, ask };
}

const LIST = '/operator/meetings';
const ALICE = '/operator/meetings/standup/users/alice';

it('tells who has the token which meetings there are', async () => {
  const { ask } = await doorOf();
  const { status, headers, body } = await ask('GET', LIST, withToken);
  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual({
    meetings: [{ meetingId: 'standup', people: 1, connections: 1, locked: false, seq: 1 }],
  });
  expect(headers.get('cache-control')).toBe('no-store');
});

it.each([
  ['nothing', LIST, {}],
  ['another token', LIST, { authorization: 'Bearer another-operator-token-01' }],
  ['part of the token', LIST, { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
  ['more than the token', LIST, { authorization: `Bearer ${TOKEN}x` }],
  ['the token by another scheme', LIST, { authorization: `Basic ${TOKEN}` }],
  ['the token in the query, as a link could have it', `${LIST}?token=${TOKEN}`, {}],
  ['the token in a cookie, which a browser sends by itself', LIST, { cookie: `token=${TOKEN}` }],
  ['the word of a proxy that it is this machine', LIST, { 'x-forwarded-for': '127.0.0.1' }],
])('with %s is closed, although it is this machine that asks', async (_what, path, headers) => {
  const { alice, ask } = await doorOf();
  const refused = await ask('GET', path, headers);
  expect(refused.status).toBe(401);
  expect(refused.body).not.toContain('standup');
  expect((await ask('DELETE', ALICE, headers)).status).toBe(401);
  // Alice is in and has heard of nothing.
  expect(await alice.replyTo({ action: 'participants' })).toMatchObject({ participantCount: 1 });
  expect(alice.unread).toEqual([]);
});

it('allows no page anything: neither asking first nor reading an answer', async () => {
  const { ask } = await doorOf();
  const page = { origin: 'https://elsewhere.example' };
  const preflight = await ask('OPTIONS', LIST, {
    ...page,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'authorization',
  });
  expect(preflight.status).toBe(401);
  const answers = [
    preflight,
    await ask('GET', LIST, page),
    await ask('GET', LIST, { ...page, ...withToken }),
  ];
  for (const { headers } of answers) {
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});

it('is closed to a page that points its own name here', async () => {
  const { server, ask } = await doorOf();
  expect((await ask('GET', LIST, withToken)).status).toBe(200);
  const { port } = new URL(server.webSocketUrl);
  const status = await new Promise((resolve) => {
    const headers = { host: `evil.example:${port}` };
    request({ port, host: '127.0.0.1', path: LIST, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).end();
  });
  expect(status).toBe(401);
});

it('opens to nobody where there is no token at all', async () => {
  const { ask } = await doorOf({});
  for (const headers of [
    {},
    { authorization: 'Bearer ' },
    { authorization: 'Bearer undefined' },
    withToken,
  ]) {
    const { status, body } = await ask('GET', LIST, headers);
    expect(status).toBe(403);
    expect(body).toContain('OPERATOR_TOKEN');
  }
});

it('asks for the token with authentication on as well, and takes no token of a participant for it', async () => {
  const { secretToken, testSecret } = await import('../harness/tokens.ts');
  const server = await startTestServer({ OPERATOR_TOKEN: TOKEN, AUTH_SECRET: testSecret });
  const { host } = new URL(server.webSocketUrl);
  const hosts = secretToken({ sub: 'alice', role: 'host', exp: 4_000_000_000 });
  const answerTo = async (token: string) =>
    (await fetch(`http://${host}${LIST}`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect(await answerTo(hosts)).toBe(401);
  expect(await answerTo(TOKEN)).toBe(200);
});

it('removes a user, who is told, cannot come back, and has left for the others', async () => {
  const { server, alice, ask } = await doorOf();
  const { client: bob } = await server.join('bob');
  const { status, body } = await ask('DELETE', ALICE, withToken);
  expect([status, JSON.parse(body)]).toEqual([
    200,
    { meetingId: 'standup', userId: 'alice', connections: 1 },
  ]);
  expect(await alice.frame(({ type }) => type === 'bye')).toMatchObject({ code: 'removed' });
  expect(
    await bob.frame(({ data }) => (data as { eventType?: string })?.eventType === 'user-left'),
  ).toMatchObject({
    data: { userId: 'alice', reason: 'kicked' },
  });
  expect(await (await server.connectV1('alice')).replyTo({ action: 'join' })).toMatchObject({
    code: 'removed',
  });
  expect(server.logged).toContainEqual(
    expect.objectContaining({ event: 'removed', userId: 'alice', by: 'operator' }),
  );
  expect((await ask('DELETE', ALICE, withToken)).status).toBe(404);
});

it.each([
  ['POST', LIST, 405],
  ['HEAD', ALICE, 405],
  ['GET', ALICE, 405],
  ['POST', ALICE, 405],
  ['GET', '/operator/', 404],
  ['DELETE', '/operator/meetings/standup', 404],
  ['DELETE', '/operator/meetings/standup/users/', 404],
  ['DELETE', '/operator/meetings/standup/users/%ff', 404],
  ['DELETE', '/operator/meetings/board/users/alice', 404],
  ['DELETE', '/operator/meetings/standup/users/__proto__', 404],
])('answers %s %s with %i, and removes nobody', async (method, path, status) => {
  const { alice, ask } = await doorOf();
  expect((await ask(method, path, withToken)).status).toBe(status);
  expect(await alice.replyTo({ action: 'participants' })).toMatchObject({ participantCount: 1 });
});

it('says nothing of what went wrong inside', async () => {
  const { server, ask } = await doorOf();
  server.setStore('failing');
  const { status, body } = await ask('GET', LIST, withToken);
  expect(status).toBe(500);
  expect(body).not.toContain('SECRET');
  expect(server.logged).toContainEqual(expect.objectContaining({ event: 'error', level: 'error' }));
});
