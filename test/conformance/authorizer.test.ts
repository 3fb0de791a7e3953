import { describe, expect, it } from 'vitest';
import type { Authorizer } from '../../src/gateway/authorizer.ts';
import type { AuthorizerEvent } from '../../src/gateway/events.ts';
import type { GatewayReport } from '../../src/gateway/Invoker.ts';
import type { GatewayOptions } from '../../src/gateway/options.ts';
import { policyFor } from '../harness/authorizers.ts';
import { startFunction } from '../harness/functionZip.ts';
import { deferred, startGateway } from '../harness/gateway.ts';
import { echo, recorder } from '../harness/integrations.ts';
import { ManualClock } from '../harness/ManualClock.ts';
import { RawClient } from '../harness/RawClient.ts';
import { startRecordingGateway } from '../harness/recordingGateway.ts';
import { TestClient } from '../harness/TestClient.ts';

/** A gateway whose authorizer answers by this function, and keeps its events. */
async function startGuarded(
  answer: (event: AuthorizerEvent) => unknown = policyFor,
  { identitySources, ...options }: Partial<GatewayOptions> & Pick<Authorizer, 'identitySources'> = {},
) {
  const asked = recorder<AuthorizerEvent>(async (event) => answer(event));
  const reports: GatewayReport[] = [];
  const started = await startRecordingGateway({
    authorizer: { ...asked.route, ...(identitySources && { identitySources }) },
    report: (report) => reports.push(report),
    ...options,
  });
  return { ...started, asked, reports };
}

describe('the authorizer', () => {
  it('[GZ1] is asked before $connect, on every attempt', async () => {
    const order: string[] = [];
    const { url, asked, $connect } = await startGuarded((event) => {
      order.push(`authorizer, $connect seen: ${$connect.events.length}`);
      return policyFor(event);
    });

    await TestClient.connect(`${url}?token=abc`);
    await TestClient.connect(`${url}?token=abc`);

    expect(order).toEqual(['authorizer, $connect seen: 0', 'authorizer, $connect seen: 1']);
    expect(asked.events).toHaveLength(2);
    expect($connect.events).toHaveLength(2);
  });

  it('[GZ1] guards an API without a $connect route, too', async () => {
    const authorizer = {
      integration: async (event: AuthorizerEvent) => policyFor(event, { effect: 'Deny' }),
    };
    const { url } = await startGateway({ authorizer, routes: { messages: { $default: echo } } });

    expect((await TestClient.refused(url)).statusCode).toBe(403);
  });

  it('[GZ1] is asked by nobody who is refused anyhow, and who lacks identity still counts as a connect', async () => {
    const clock = new ManualClock();
    const { url, asked } = await startGuarded(policyFor, {
      clock,
      quotas: 'aws',
      identitySources: ['route.request.querystring.token'],
    });
    const attempt = async (query: string) => {
      const client = await RawClient.connect(url);
      client.sendUpgrade({ target: `/production${query}` });
      return (await client.answer).statusCode;
    };

    expect(await attempt('/nowhere?token=abc')).toBe(403);
    const first = await Promise.all(Array.from({ length: 499 }, () => attempt('')));
    expect(new Set(first)).toEqual(new Set([401]));
    expect(await attempt('?token=abc')).toBe(101);
    expect(await attempt('?token=abc')).toBe(429);
    expect(asked.events).toHaveLength(1);
  });

  it('[GZ1][GC4] admits nobody to $connect any more when the gateway stops meanwhile', async () => {
    const answer = deferred<unknown>();
    const { gateway, url, asked, $connect, $disconnect } = await startGuarded(() => answer.promise);
    const refused = TestClient.refused(url);
    const event = await asked.next();

    const stopped = gateway.close();
    answer.resolve(policyFor(event));

    expect((await refused).statusCode).toBe(503);
    await stopped;
    expect([$connect.events, $disconnect.events]).toEqual([[], []]);
  });

  it('[GZ2] gets stage variables, repeated parameters, and a request that $connect gets too', async () => {
    const { url, asked, $connect } = await startGuarded(policyFor, {
      stageVariables: { tenant: 'one' },
      accountId: '123456789012',
      region: 'eu-central-1',
      apiId: 'a1b2c3d4e5',
    });

    await RawClient.open(`${url}?a=1&a=2`, { headers: { 'Content-Length': '00', 'X-Custom': ['b', 'c'] } });

    const event = await asked.next();
    expect(event).toMatchObject({
      methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/production/$connect',
      headers: { Connection: 'upgrade', Upgrade: 'websocket', 'content-length': '0', 'X-Custom': 'c' },
      multiValueHeaders: { 'X-Custom': ['b', 'c'] },
      queryStringParameters: { a: '2' },
      multiValueQueryStringParameters: { a: ['1', '2'] },
      stageVariables: { tenant: 'one' },
    });
    expect(event.headers).not.toHaveProperty('Content-Length');
    const connected = await $connect.next();
    const { authorizer: _, ...shared } = connected.requestContext;
    expect(event.requestContext).toEqual(shared);
    expect(connected.headers['X-Amzn-Trace-Id']).toBe(event.headers['X-Amzn-Trace-Id']);
  });

  it('[GZ2] gets empty parameters and stage variables where there are none', async () => {
    const { url, asked } = await startGuarded();

    await TestClient.connect(url);

    const empty = { queryStringParameters: {}, multiValueQueryStringParameters: {}, stageVariables: {} };
    expect(await asked.next()).toMatchObject(empty);
  });
});

describe('identity sources', () => {
  const identitySources = ['route.request.querystring.token', 'route.request.header.X-Tenant'];

  it.for([
    ['', {}],
    ['?token=abc', {}],
    ['', { 'X-Tenant': 'one' }],
    ['?token=', { 'X-Tenant': 'one' }],
    ['?Token=abc', { 'X-Tenant': 'one' }],
  ] as const)('[GZ3] missing from %j with %j are 401, and nothing is invoked', async ([query, headers]) => {
    const { url, asked, $connect, reports } = await startGuarded(policyFor, { identitySources });

    const { statusCode, body, headers: answered } = await TestClient.refused(`${url}${query}`, { headers });

    expect({ statusCode, body }).toEqual({ statusCode: 401, body: '{"message":"Unauthorized"}' });
    expect(answered['x-amzn-errortype']).toBe('UnauthorizedException');
    expect([asked.events, $connect.events, reports]).toEqual([[], [], []]);
  });

  it.for(['X-Tenant', 'x-tenant'])('[GZ3] are found in a header spelt %s', async (name) => {
    const { url, asked } = await startGuarded(policyFor, { identitySources });

    await TestClient.connect(`${url}?token=abc`, { headers: { [name]: 'one' } });

    expect(asked.events).toHaveLength(1);
  });

  it.for(['$request.querystring.token', 'method.request.header.Authorization', 'token'])(
    '[GZ3] of another kind are refused at the start: %s',
    async (source) => {
      await expect(startGuarded(policyFor, { identitySources: [source] })).rejects.toThrow(source);
    },
  );
});

describe('the answer of an authorizer', () => {
  it.for(['/$connect', '/*', '/$con*'])('[GZ4] admits by a policy for the stage and %s', async (end) => {
    const { url } = await startGuarded(({ methodArn }) =>
      policyFor({ methodArn: methodArn.replace('/$connect', end) }),
    );

    await TestClient.connect(url);
  });

  it.for([
    ['a Deny', (event) => policyFor(event, { effect: 'Deny' })],
    [
      'an Allow for paths of an HTTP method',
      ({ methodArn }) => policyFor({ methodArn: methodArn.replace('$connect', '*/*') }),
    ],
    [
      'an Allow for another stage',
      ({ methodArn }) => policyFor({ methodArn: methodArn.replace('production', 'staging') }),
    ],
    [
      'an Allow beside a Deny',
      (event) => {
        const { policyDocument } = policyFor(event);
        const denial = policyFor({ methodArn: '*' }, { effect: 'Deny' }).policyDocument;
        const Statement = [...policyDocument.Statement, ...denial.Statement];
        return { principalId: 'user', policyDocument: { ...policyDocument, Statement } };
      },
    ],
  ] as [string, (event: AuthorizerEvent) => unknown][])(
    '[GZ4] refuses with 403 by %s, and $connect is not invoked',
    async ([, answer]) => {
      const { url, $connect, $disconnect, gateway, reports } = await startGuarded(answer);

      const { statusCode, headers } = await TestClient.refused(url);

      expect(statusCode).toBe(403);
      expect(headers['x-amzn-errortype']).toBe('AccessDeniedException');
      await gateway.close();
      expect([$connect.events, $disconnect.events, reports]).toEqual([[], [], []]);
    },
  );

  it.for([
    ['rejects with an error', () => Promise.reject(new Error('Unauthorized'))],
    ['rejects with the text', () => Promise.reject('Unauthorized')],
    [
      'throws at once',
      () => {
        throw new Error('Unauthorized');
      },
    ],
  ] as const)('[GZ5] that is Unauthorized is 401 and no failure: %s', async ([, integration]) => {
    const reports: GatewayReport[] = [];
    const { url, $connect } = await startRecordingGateway({
      authorizer: { integration },
      report: (report) => reports.push(report),
    });

    const { statusCode, body } = await TestClient.refused(url);

    expect({ statusCode, body }).toEqual({ statusCode: 401, body: '{"message":"Unauthorized"}' });
    expect([$connect.events, reports]).toEqual([[], []]);
  });

  it.for(['unauthorized', 'Unauthorized.', '[401] Unauthorized', 'password is swordfish'])(
    '[GZ5] that is another throw is 500, tells nothing of it, and is reported: %s',
    async (message) => {
      const error = new Error(message);
      const { url, asked, $connect, reports } = await startGuarded(() => Promise.reject(error));

      const { statusCode, body } = await TestClient.refused(url);

      expect({ statusCode, body }).toEqual({ statusCode: 500, body: '{"message":"Internal server error"}' });
      expect($connect.events).toEqual([]);
      const { connectionId, requestId } = (await asked.next()).requestContext;
      expect(reports).toEqual([
        { kind: 'authorizer failed', error, routeKey: '$connect', connectionId, requestId },
      ]);
    },
  );

  it.for([
    [{ statusCode: 401 }, 'principalId'],
    [undefined, 'the result'],
    [{ principalId: 'user' }, 'policyDocument'],
    [{ isAuthorized: true }, 'principalId'],
    [{ ...policyFor({ methodArn: '*' }), principalId: 1 }, 'principalId'],
    [policyFor({ methodArn: '*' }, { context: { groups: ['a'] } }), 'context.groups'],
    [policyFor({ methodArn: '*' }, { context: { padding: 'x'.repeat(8192) } }), '8 KB'],
  ] as const)('[GZ5] that is malformed is 500, and the fault is reported: %j', async ([answer, fault]) => {
    const { url, asked, $connect, reports } = await startGuarded(() => answer);

    expect((await TestClient.refused(url)).statusCode).toBe(500);

    expect($connect.events).toEqual([]);
    const { connectionId, requestId } = (await asked.next()).requestContext;
    expect(reports).toEqual([
      {
        kind: 'malformed authorizer result',
        reason: expect.stringContaining(fault),
        routeKey: '$connect',
        connectionId,
        requestId,
      },
    ]);
  });

  it('[GZ5] that has not come after 29 s is 500, and too late then', async () => {
    const clock = new ManualClock();
    const answer = deferred<unknown>();
    const { gateway, url, asked, $connect, reports } = await startGuarded(() => answer.promise, { clock });
    const order: string[] = [];
    const refused = TestClient.refused(url).finally(() => order.push('answered'));
    const event = await asked.next();

    clock.advance(28_999);
    await RawClient.refused(`${url}-elsewhere`);
    order.push('29 s');
    clock.advance(1);

    expect((await refused).statusCode).toBe(500);
    expect(order).toEqual(['29 s', 'answered']);
    answer.resolve(policyFor(event));
    await gateway.close();
    expect($connect.events).toEqual([]);
    expect(reports.map(({ kind }) => kind)).toEqual(['authorizer timed out']);
  });

  it('[GZ6] is in every event of the connection, as text, with its latency in CONNECT only', async () => {
    const clock = new ManualClock();
    const context = { userId: 'u-1', n: 123, b: true, principalId: 'mallory' };
    const { url, $connect, $default, $disconnect } = await startGuarded(
      (event) => {
        clock.advance(111);
        return policyFor(event, { context });
      },
      { clock },
    );

    const client = await TestClient.connect(url);
    client.sendText('hello');
    const events = [await $connect.next(), await $default.next()];
    await client.close();

    const authorizer = { userId: 'u-1', n: '123', b: 'true', principalId: 'user' };
    expect(
      [...events, await $disconnect.next()].map(({ requestContext }) => requestContext.authorizer),
    ).toEqual([{ ...authorizer, integrationLatency: 111 }, authorizer, authorizer]);
  });

  it('[GZ6] is told to $disconnect of a client that gave up while $connect ran', async () => {
    const admission = deferred<unknown>();
    const $connect = recorder(() => admission.promise);
    const $disconnect = recorder();
    const { url } = await startGateway({
      authorizer: { integration: async (event) => policyFor(event) },
      routes: { $connect: $connect.route, $disconnect: $disconnect.route, messages: {} },
    });
    const client = await RawClient.connect(url);
    client.sendUpgrade();
    await $connect.next();

    client.destroy();
    admission.resolve({ statusCode: 200 });

    const told = { requestContext: { disconnectStatusCode: 1006, authorizer: { principalId: 'user' } } };
    expect(await $disconnect.next()).toMatchObject(told);
  });

  it('[GZ6] is in no event of an API without an authorizer', async () => {
    const { url, $connect, $default, $disconnect } = await startRecordingGateway();

    const client = await TestClient.connect(url);
    client.sendText('hello');
    const events = [await $connect.next(), await $default.next()];
    await client.close();

    for (const { requestContext } of [...events, await $disconnect.next()]) {
      expect(requestContext).not.toHaveProperty('authorizer');
    }
  });

  it('[GI5] is followed by a report of the promises it left pending', async () => {
    const { url, reports } = await startGuarded((event) => {
      void new Promise(() => {}).then(() => {});
      return policyFor(event);
    });

    await TestClient.connect(url);

    expect(reports).toMatchObject([{ kind: 'promises left pending by authorizer', routeKey: '$connect' }]);
  });
});

describe('an authorizer that is a Lambda function', () => {
  const source = `
    export const handler = async ({ methodArn, queryStringParameters: { token } }, { awsRequestId }) => {
      if (token === 'unknown') throw new Error('Unauthorized');
      if (token === 'thrown text') throw 'Unauthorized';
      if (token === 'broken') throw new TypeError('no key');
      if (token === 'crash') process.exit(1);
      const Statement = [{ Action: 'execute-api:Invoke', Effect: token === 'good' ? 'Allow' : 'Deny', Resource: methodArn }];
      return { principalId: 'alice', policyDocument: { Version: '2012-10-17', Statement }, context: { awsRequestId } };
    };`;

  it('[GZ4][GZ5][GZ6] is one like any other', async () => {
    const { lambda } = startFunction(source);
    const { url, $connect } = await startRecordingGateway({ authorizer: { integration: lambda.invoke } });
    const refused = async (token: string) => (await TestClient.refused(`${url}?token=${token}`)).statusCode;

    await TestClient.connect(`${url}?token=good`);

    const { authorizer, requestId } = (await $connect.next()).requestContext;
    expect(authorizer).toMatchObject({ principalId: 'alice', awsRequestId: requestId });
    expect(await refused('bad')).toBe(403);
    expect(await refused('unknown')).toBe(401);
    expect(await refused('thrown%20text')).toBe(401);
    expect(await refused('broken')).toBe(500);
    expect(await refused('crash')).toBe(500);
    expect($connect.events).toHaveLength(1);
  });
});
