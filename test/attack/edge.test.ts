import { describe, expect, it } from 'vitest';
import { RawClient } from '../harness/RawClient.ts';
import { startTestServer, type TestServer, target } from '../harness/server.ts';
import { secretToken, testSecret } from '../harness/tokens.ts';
import { expectUntouched } from './untouched.ts';

const OURS = 'on AWS the HTTP server is not ours';
const httpTimeouts = { requestMs: 2000, checkMs: 100 };
const hello = { action: 'sendMessage', meetingId: 'standup', data: 'hello' };
const token = secretToken();
// Behind one proxy, so that requests come from elsewhere than the loopback addresses, which are exempt.
const behindProxy = { AUTH_SECRET: testSecret, TRUST_PROXY: '1' };

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Asks for an upgrade with these headers, and says how that was answered. */
async function attempt(server: TestServer, headers: Headers, query: Readonly<Record<string, string>> = {}) {
  const client = await RawClient.connect(server.url({ meetingId: 'standup', ...query }));
  client.sendUpgrade({ headers });
  return { client, ...(await client.answer) };
}

const through = (...addresses: string[]) => ({ 'X-Forwarded-For': addresses.join(', ') });

describe('pages in somebody’s browser', () => {
  it('[CN11] a page of another origin connects by no spelling of its own, nor by many at once', async () => {
    const origin = 'https://meet.example.com';
    const server = await startTestServer({ ALLOWED_ORIGINS: origin, AUTH_SECRET: testSecret });
    const strangers: Headers[] = [
      ...['https://evil.test', `${origin}.evil.test`, `https://evil.test/${origin}`, `${origin}@evil.test`],
      ...[
        'http://meet.example.com',
        `${origin}:444`,
        `${origin}.`,
        'null',
        '',
        `${origin}, https://evil.test`,
      ],
      ...['https://sub.meet.example.com', 'https://meet.example.com\u00e9', 'https://meet\u00adexample.com'],
    ].map((Origin) => ({ Origin }));
    const many = ['https://evil.test', ...Array.from({ length: 50 }, () => origin)];
    for (const headers of [...strangers, { Origin: many }, { Origin: origin, oRIGIN: 'https://evil.test' }]) {
      const { statusCode, body } = await attempt(server, headers, { token });
      expect([statusCode, JSON.parse(body).code]).toEqual([403, 'origin_not_allowed']);
    }
    expect((await attempt(server, { Origin: origin }, { token })).statusCode).toBe(101);
    expect((await attempt(server, {}, { token })).statusCode).toBe(101);
  });

  it('[CN12] a page of any other site, in a browser of this machine, does not get at a server without tokens', async ({
    skip,
  }) => {
    skip(target === 'lambda', 'on AWS no page is of this machine');
    const server = await startTestServer();
    for (const Origin of [
      'https://evil.test',
      'http://localhost.evil.test',
      'http://127.0.0.1.evil.test',
      'null',
    ])
      expect((await attempt(server, { Origin, Host: 'evil.test' })).statusCode).toBe(403);
    expect((await attempt(server, { Origin: 'http://localhost:5173' })).statusCode).toBe(101);
  });
});

describe('one address', () => {
  it('[GO6][GO8] one address holds no more connections than it may, whatever addresses it claims, and no other notices', async ({
    skip,
  }) => {
    skip(target === 'lambda', OURS);
    const server = await startTestServer({ ...behindProxy, MAX_CONNECTIONS_PER_ADDRESS: '3' });
    for (const forged of ['198.51.100.1', '127.0.0.1', '::1'])
      expect((await attempt(server, through(forged, '203.0.113.7'), { token })).statusCode).toBe(101);
    for (const forged of ['198.51.100.9', '127.0.0.1', 'unknown', '203.0.113.8'])
      expect((await attempt(server, through(forged, '203.0.113.7'), { token })).statusCode).toBe(429);
    for (const Forwarded of ['for=127.0.0.1', 'for=198.51.100.2']) {
      const claims = { ...through('203.0.113.7'), Forwarded, 'X-Real-IP': '127.0.0.1' };
      expect((await attempt(server, claims, { token })).statusCode).toBe(429);
    }
    expect((await attempt(server, through('203.0.113.8'), { token })).statusCode).toBe(101);
  });

  it('[GO7] an address that guesses tokens is asked no more, though it guesses right, and no other notices', async ({
    skip,
  }) => {
    skip(target === 'lambda', OURS);
    const server = await startTestServer({ ...behindProxy, MAX_CONNECTIONS_PER_ADDRESS: '0' });
    const guess = (address: string, secret: string) =>
      attempt(server, through(address), { token: secretToken(undefined, secret) });
    let tries = 0;
    do {
      while (
        (await guess('203.0.113.7', `guess ${tries++} of a secret, of enough bytes`)).statusCode === 401
      );
      // One more try is given after each few seconds: then it was a good one, and the guessing goes on.
    } while ((await guess('203.0.113.7', testSecret)).statusCode !== 429);
    expect((await guess('203.0.113.8', testSecret)).statusCode).toBe(101);
  });
});

describe('what is no client', () => {
  it('[LM7] sockets that dribble an upgrade request are cut off, while a meeting goes on', async ({
    skip,
  }) => {
    skip(target === 'lambda', OURS);
    const server = await startTestServer({}, { httpTimeouts });
    const alice = await server.connect('alice');
    const slow = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(server.webSocketUrl)));
    for (const client of slow)
      client.sendBytes(Buffer.from('GET /production?meetingId=standup HTTP/1.1\r\n'));
    const dribbling = setInterval(() => {
      for (const client of slow) client.sendBytes(Buffer.from('X-Slow: y\r\n'));
    }, 20);
    try {
      expect(await alice.request(hello)).toMatchObject({ type: 'ack' });
      for (const client of slow) expect(await client.closed).toBeUndefined();
      expect(await alice.request(hello)).toMatchObject({ type: 'ack' });
    } finally {
      clearInterval(dribbling);
    }
  });

  it('[LM7] an upgrade with headers without end is answered 431, and not read on', async ({ skip }) => {
    skip(target === 'lambda', OURS);
    const server = await startTestServer();
    const alice = await server.connect('alice');
    for (const headers of [
      { 'X-Large': 'x'.repeat(100_000) },
      { 'X-Many': Array.from({ length: 5000 }, () => 'x') },
      { Cookie: 'a=b; '.repeat(10_000) },
    ]) {
      const client = await RawClient.connect(server.url({ meetingId: 'standup' }));
      client.sendUpgrade({ headers });
      const answered = await client.answer.catch(() => undefined);
      // Who goes on writing may find the socket reset before it has read the answer.
      if (answered) expect(answered.statusCode).toBe(431);
      await client.closed;
    }
    await expectUntouched(alice);
  });

  it('[GA5][GA8] nobody from outside posts to a connection, closes it or looks at it', async () => {
    const server = await startTestServer();
    const { client: alice, connectionId } = await server.connectKnown('alice');
    const url = `${server.webSocketUrl.replace('ws:', 'http:')}/@connections/${encodeURIComponent(connectionId)}`;
    const signature =
      'AWS4-HMAC-SHA256 Credential=AKIAGUESSED/20261122/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=';
    for (const headers of [{}, { authorization: `${signature}${'0'.repeat(64)}` }]) {
      for (const method of ['POST', 'DELETE', 'GET']) {
        const body = method === 'POST' ? '{"type":"event","origin":"server"}' : null;
        expect((await fetch(url, { method, headers, body })).status).toBe(403);
      }
    }
    await expectUntouched(alice);
  });

  it('[WP1] a path that leads out of the page’s folder, or is of 10 KB, leads nowhere, and no other method than GET and HEAD', async ({
    skip,
  }) => {
    skip(target === 'lambda', OURS);
    const server = await startTestServer({}, { pageFolder: 'dist/web' });
    const alice = await server.connect('alice');
    const ask = async (target: string, method?: string) => {
      const client = await RawClient.connect(server.webSocketUrl);
      client.sendBytes(Buffer.from(`${method ?? 'GET'} ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
      return (await client.answer).statusCode;
    };
    expect(await ask('/')).toBe(200);
    for (const path of [
      ...[
        '/../local/main.mjs',
        '/page.assets/../../local/main.mjs',
        '/..%2flocal%2fmain.mjs',
        '/%2e%2e/local/main.mjs',
      ],
      ...[
        '/..\\local\\main.mjs',
        '//local/main.mjs',
        '/.git/config',
        '/etc/passwd',
        '/__proto__',
        '/index.html%00.js',
      ],
      ...['http://localhost/../local/main.mjs', 'file:///etc/passwd', `/${'../'.repeat(3300)}etc/passwd`],
    ])
      expect(await ask(path), path.slice(0, 40)).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
      expect(await ask('/', method)).toBe(405);
    await expectUntouched(alice);
  });
});
