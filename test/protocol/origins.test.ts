import { describe, expect, it } from 'vitest';
import { RawClient } from '../harness/RawClient.ts';
import { startTestServer, type TestServer, target } from '../harness/server.ts';
import { secretToken, testSecret } from '../harness/tokens.ts';

const allowed = 'https://meet.example.com,http://localhost:5173,null';
const NOT_THERE = 'on AWS no page is of this machine';

/** Connects as a browser would for a page of this origin, or of several; says with which status that ended. */
async function statusOf(
  server: TestServer,
  origin: string | readonly string[] | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const client = await RawClient.connect(server.url({ meetingId: 'standup' }));
  client.sendUpgrade({ headers: { ...headers, Origin: origin } });
  const { statusCode } = await client.answer;
  client.destroy();
  return statusCode;
}

describe('origins', () => {
  it('[CN11] lets pages of the listed origins connect, and whoever names none', async () => {
    const server = await startTestServer({ ALLOWED_ORIGINS: allowed });
    for (const origin of ['https://meet.example.com', 'http://localhost:5173', 'null', undefined]) {
      expect(await statusOf(server, origin), origin).toBe(101);
    }
    expect(await statusOf(server, 'HTTPS://Meet.Example.com')).toBe(101);
  });

  it('[CN11] refuses pages of any other origin, and says so', async () => {
    const server = await startTestServer({ ALLOWED_ORIGINS: allowed });
    const others = [
      ...['http://meet.example.com', 'https://meet.example.com:8443', 'https://meet.example.com.evil.test'],
      ...['https://evil.test', 'https://eviltest-meet.example.com', 'https://a.meet.example.com'],
      ...['http://localhost:5174', 'http://localhost', 'https://meet.example.com/', '', 'file://'],
      'https://meet.example.com, http://localhost:5173',
    ];
    for (const origin of others) expect(await statusOf(server, origin), origin).toBe(403);
    const headers = { Origin: 'https://evil.test' };
    const { statusCode, body } = await RawClient.refused(server.url({ meetingId: 'standup' }), { headers });
    expect(statusCode).toBe(403);
    expect(JSON.parse(body)).toMatchObject({
      code: 'origin_not_allowed',
      message: expect.stringContaining('ALLOWED_ORIGINS'),
    });
    await server.logLine({ event: 'refused', code: 'origin_not_allowed' });
    expect(server.logged).not.toContainEqual(expect.objectContaining({ event: 'disconnected' }));
  });

  it('[CN11] wants each of several origins to be listed, wherever it stands and however it is spelt', async () => {
    const server = await startTestServer({ ALLOWED_ORIGINS: allowed });
    const [one, other] = ['https://meet.example.com', 'http://localhost:5173'];
    expect(await statusOf(server, [one, other])).toBe(101);
    expect(await statusOf(server, [one, 'https://evil.test'])).toBe(403);
    expect(await statusOf(server, ['https://evil.test', one])).toBe(403);
    expect(await statusOf(server, [], { origin: 'https://evil.test' })).toBe(403);
    expect(await statusOf(server, one, { oRIGIN: 'https://evil.test' })).toBe(403);
  });

  it('[CN11] refuses a page before anything else is looked at', async () => {
    const server = await startTestServer({ ALLOWED_ORIGINS: allowed });
    const headers = { Origin: 'https://evil.test' };
    const { statusCode } = await RawClient.refused(server.url({}), { headers });
    expect(statusCode).toBe(403);
  });

  it('[CN11] lets any page connect with *', async () => {
    const server = await startTestServer({ ALLOWED_ORIGINS: '*' });
    for (const origin of ['https://evil.test', 'null', '', 'file://']) {
      expect(await statusOf(server, origin), origin).toBe(101);
    }
  });

  it('[CN12] lets pages of this machine connect, and no others, where nobody has to show a token', async ({
    skip,
  }) => {
    skip(target === 'lambda', NOT_THERE);
    const server = await startTestServer();
    for (const origin of [
      'http://localhost:5173',
      'https://127.0.0.1',
      'http://127.8.9.1:3001',
      'http://[::1]:80',
    ])
      expect(await statusOf(server, origin), origin).toBe(101);
    const others = [
      ...['https://evil.test', 'null', '', 'http://localhost.evil.test', 'http://127.0.0.1.evil.test'],
      ...['http://evil.test:80@localhost', 'http://localhost:80:80', 'http://localhost/evil', 'localhost'],
    ];
    for (const origin of others) expect(await statusOf(server, origin), origin).toBe(403);
    // A name that its owner points here for a moment is still the name of that page.
    expect(await statusOf(server, 'http://evil.test', { Host: 'evil.test' })).toBe(403);
  });

  it('[CN12] follows ALLOWED_ORIGINS where it is set', async ({ skip }) => {
    skip(target === 'lambda', NOT_THERE);
    const server = await startTestServer({ ALLOWED_ORIGINS: 'https://meet.example.com' });
    expect(await statusOf(server, 'http://localhost:5173')).toBe(403);
    expect(await statusOf(server, 'https://meet.example.com')).toBe(101);
  });

  it('[CN13] lets the page of the server itself connect, whichever others are listed', async ({ skip }) => {
    skip(target === 'lambda', NOT_THERE);
    const others = { ALLOWED_ORIGINS: 'https://app.example.com' };
    const open = await startTestServer(others);
    const { host } = new URL(open.webSocketUrl);
    expect(await statusOf(open, `http://${host}`)).toBe(101);
    expect(await statusOf(open, 'http://meet.example.com', { Host: 'meet.example.com' })).toBe(403);

    const withTokens = await startTestServer({ ...others, AUTH_SECRET: testSecret });
    const own = { origin: 'https://meet.example.com', host: 'meet.example.com' };
    const statusFor = async (origin: string) => {
      const headers = { Host: own.host, Origin: origin };
      const query = { meetingId: 'standup', token: secretToken() };
      const client = await RawClient.connect(withTokens.url(query));
      client.sendUpgrade({ headers });
      return (await client.answer).statusCode;
    };
    expect(await statusFor(own.origin)).toBe(101);
    expect(await statusFor('https://evil.test')).toBe(403);
  });
});
