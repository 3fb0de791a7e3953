import { describe, expect, it } from 'vitest';
import { createVerifier } from '../../src/auth/createVerifier.ts';
import { awsAuthorizeEvent } from '../../test/harness/awsEvents.ts';
import { NOW_MS } from '../../test/harness/backend.ts';
import { startIssuer } from '../../test/harness/issuer.ts';
import { aliceClaims, secretToken, tampered, testSecret } from '../../test/harness/tokens.ts';
import { readAuthentication } from '../shared/authentication.ts';
import { createLog } from '../shared/log.ts';
import type { Environment } from '../shared/variables.ts';
import { createAuthorize } from './authorize.ts';

type Given = Parameters<typeof awsAuthorizeEvent>[0];

function start(env: Environment = { AUTH_SECRET: testSecret }) {
  const logged: Readonly<Record<string, unknown>>[] = [];
  const counted: string[] = [];
  const authentication = readAuthentication(env);
  if (!authentication) throw new Error('authentication is off');
  const authorize = createAuthorize({
    verifier: createVerifier(authentication, { now: () => NOW_MS, fetch }),
    log: createLog({ level: 'debug', write: (line) => logged.push(JSON.parse(line)), now: () => NOW_MS }),
    telemetry: { count: (name) => counted.push(name), time: () => {} },
  });
  return {
    logged,
    counted,
    ask: authorize,
    authorize: (given: Given) => authorize(awsAuthorizeEvent(given)),
  };
}

const offering = (...offers: string[]): Given => ({
  headers: { 'Sec-WebSocket-Protocol': offers.join(', ') },
});
const token = secretToken();
const bobsToken = secretToken({ ...aliceClaims, sub: 'bob' });

describe('authorize', () => {
  it('admits whom a token names, in the form that API Gateway asks for', async () => {
    const { authorize } = start();
    const says = { ...aliceClaims, role: 'host', meetingId: 'standup' };
    expect(await authorize(offering('cloudmeetx.v1', `bearer.${secretToken(says)}`))).toEqual({
      principalId: 'alice',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/production/$connect',
          },
        ],
      },
      context: { userId: 'alice', userName: 'Alice', role: 'host', meetingId: 'standup' },
    });
  });

  it.each<[string, Given]>([
    ['the subprotocol alone', offering(`bearer.${token}`)],
    [
      'the subprotocol, first and close',
      { headers: { 'sec-websocket-protocol': `bearer.${token},cloudmeetx.v1` } },
    ],
    ['a header in capitals', { headers: { 'SEC-WEBSOCKET-PROTOCOL': `cloudmeetx.v1 , bearer.${token}` } }],
    ['the query', { query: { token } }],
    ['both, the same', { ...offering(`bearer.${token}`), query: { token } }],
    ['the subprotocol, and an empty query', { ...offering(`bearer.${token}`), query: { token: '' } }],
  ])('finds the token in %s', async (_name, given) => {
    expect(await start().authorize(given)).toMatchObject({ context: { userId: 'alice' } });
  });

  it.each<[string, Given]>([
    ['no-token', {}],
    ['no-token', { query: { token: '' } }],
    ['no-token', offering('cloudmeetx.v1', 'Bearer.x', token)],
    ['no-token', { headers: { Authorization: `Bearer ${token}`, Cookie: `token=${token}` } }],
    ['several-tokens', { ...offering(`bearer.${token}`), query: { token: bobsToken } }],
    ['several-tokens', offering(`bearer.${token}`, `bearer.${bobsToken}`)],
    ['several-tokens', offering(`bearer.${token}`, `bearer.${token}`)],
    ['malformed', offering('bearer.')],
    ['malformed', { query: { token: 'garbage' } }],
    ['too-long', { query: { token: 'x'.repeat(10_240) } }],
    ['expired', { query: { token: secretToken({ ...aliceClaims, exp: 1 }) } }],
    ['bad-signature', { query: { token: tampered(token, { sub: 'bob' }) } }],
    ['unknown-role', { query: { token: secretToken({ ...aliceClaims, role: 'observe' }) } }],
  ])('throws exactly Unauthorized, and logs and counts %s', async (reason, given) => {
    const { authorize, logged, counted } = start();
    await expect(authorize(given)).rejects.toThrow(/^Unauthorized$/);
    expect(logged).toEqual([
      expect.objectContaining({
        level: 'info',
        event: 'refused',
        reason,
        requestId: 'Qx7aBcDeFgHFXyz=',
        routeKey: '$connect',
      }),
    ]);
    expect(counted).toEqual(['TokensRefused']);
    for (const secret of [token, bobsToken, testSecret]) expect(JSON.stringify(logged)).not.toContain(secret);
  });

  it('sees each of several values', async () => {
    const { ask, logged } = start();
    const event = awsAuthorizeEvent({});
    const many = (multiValueQueryStringParameters: Record<string, string[]>, header: string[] = []) =>
      ask({
        ...event,
        multiValueQueryStringParameters,
        multiValueHeaders: { 'Sec-WebSocket-Protocol': header },
      });
    await expect(many({ token: [bobsToken, token] })).rejects.toThrow('Unauthorized');
    await expect(many({}, [`bearer.${bobsToken}`, `bearer.${token}`])).rejects.toThrow('Unauthorized');
    expect(logged).toMatchObject([{ reason: 'several-tokens' }, { reason: 'several-tokens' }]);
    expect(await many({ token: [token, token] }, ['cloudmeetx.v1', `bearer.${token}`])).toMatchObject({
      principalId: 'alice',
    });
  });

  it('takes an event without headers and query', async () => {
    const { ask } = start();
    const { methodArn, requestContext } = awsAuthorizeEvent({});
    for (const nothing of [null, undefined]) {
      const parameters =
        nothing === null ? { headers: null, multiValueHeaders: null, queryStringParameters: null } : {};
      await expect(ask({ methodArn, requestContext, ...parameters })).rejects.toThrow('Unauthorized');
    }
  });

  it("throws anything but Unauthorized when the issuer's keys can't be had, and logs why, once", async () => {
    const issuer = await startIssuer();
    const { authorize, logged, counted } = start({
      AUTH_ISSUER: issuer.url,
      AUTH_AUDIENCE: 'meetings',
    });
    const issued = issuer.sign({ ...aliceClaims, iss: issuer.url, aud: 'meetings' });
    issuer.state = 'failing';
    await expect(authorize({ query: { token: issued } })).rejects.toThrow('the token could not be verified');
    expect(logged).toEqual([
      expect.objectContaining({
        level: 'error',
        event: 'error',
        error: expect.objectContaining({ name: 'KeysUnavailable' }),
      }),
    ]);
    expect(counted).toEqual([]);
    expect(JSON.stringify(logged)).not.toContain(issued);
  });
});
