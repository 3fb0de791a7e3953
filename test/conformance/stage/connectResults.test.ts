import { describe, expect, it } from 'vitest';
import { RawClient } from '../../harness/RawClient.ts';
import { eventOf, probeStage, type Query, watch } from '../../harness/stage.ts';
import { TestClient } from '../../harness/TestClient.ts';
import type { Play } from '../../probe/probe.ts';

const playing = (play: Play): Query => ({ play: JSON.stringify(play) });

describe('an admitted upgrade', () => {
  it('[GU1] answers 101 when $connect has returned, not before', async (test) => {
    const stage = await probeStage(test);
    const watcher = await watch(stage);
    const client = await RawClient.connect(stage.url());
    const order: string[] = [];
    client.sendUpgrade({
      target: targetOf(stage.url({ ...watcher.query, ...playing({ sleepMs: 1500 }) })),
    });
    const answered = client.answer.then(({ statusCode }) => order.push(`answered ${statusCode}`));

    await watcher.next();
    await stage.connect();
    order.push('$connect runs');
    await stage.pass(1500);
    await answered;

    expect(order).toEqual(['$connect runs', 'answered 101']);
  });

  it.for([200, 201, 204, 299])('[GU1] is told by a statusCode of %i', async (statusCode, test) => {
    const stage = await probeStage(test);

    const client = await stage.connect(playing({ result: { statusCode } }));

    expect(await eventOf(client)).toMatchObject({ requestContext: { routeKey: 'event' } });
  });

  it.for(['Sec-WebSocket-Protocol', 'sec-websocket-protocol'])(
    '[GU6] accepts the subprotocol that $connect returns as %s',
    async (header, test) => {
      const stage = await probeStage(test);
      const result = { statusCode: 200, headers: { [header]: 'v1' } };

      const client = await stage.connect(playing({ result }), { protocols: ['v0', 'v1'] });

      expect(client.socket.protocol).toBe('v1');
    },
  );

  it('[GU6] accepts no subprotocol that $connect does not return', async (test) => {
    const stage = await probeStage(test);

    const client = await stage.open({}, { headers: { 'Sec-WebSocket-Protocol': 'v0, v1' } });

    expect((await client.answer).headers).not.toHaveProperty('sec-websocket-protocol');
  });

  it('[GU7] is Gone to posts while $connect runs, and reached by them from then on', async (test) => {
    const stage = await probeStage(test);
    const watcher = await watch(stage);

    const watched = await watch({ ...stage, connectKnown: () => stage.connectKnown(watcher.query) });
    await stage.connect(watched.query);

    expect(await watcher.next()).toMatchObject({ postToItself: 'gone' });
    expect(await watched.next()).toMatchObject({ event: { requestContext: { eventType: 'CONNECT' } } });
  });
});

describe('a refused upgrade', () => {
  const body = '{"message":"not today, José"}';

  it.for([301, 400, 401, 403, 404, 500, 501, 503, 599])(
    '[GU2] passes on a statusCode of %i',
    async (statusCode, test) => {
      const stage = await probeStage(test);

      const refused = await TestClient.refused(stage.url(playing({ result: { statusCode, body } })));

      expect(refused.statusCode).toBe(statusCode);
    },
  );

  it.for([400, 500])('[GU2] passes on the body with a statusCode of %i', async (statusCode, test) => {
    const stage = await probeStage(test);

    const refused = await TestClient.refused(stage.url(playing({ result: { statusCode, body } })));

    expect(refused.body).toBe(body);
  });

  it('[GU2] is not followed by a $disconnect', async (test) => {
    const stage = await probeStage(test);
    const watcher = await watch(stage);

    await TestClient.refused(stage.url({ ...watcher.query, ...playing({ result: { statusCode: 403 } }) }));
    await (await stage.connect(watcher.query)).close();

    const reports = [await watcher.next(), await watcher.next(), await watcher.next()];
    expect(reports.map(({ event }) => event.requestContext.eventType)).toEqual([
      'CONNECT',
      'CONNECT',
      'DISCONNECT',
    ]);
    const [, admitted, ended] = reports.map(({ event }) => event.requestContext.connectionId);
    expect(ended).toBe(admitted);
  });

  it('[GU3] answers 502 when $connect throws', async (test) => {
    const stage = await probeStage(test);

    const refused = await TestClient.refused(stage.url(playing({ throws: 'password is swordfish' })));

    expect(refused.statusCode).toBe(502);
    expect(refused.body).not.toContain('swordfish');
  });

  it.for([
    [null],
    ['200'],
    [{}],
    [{ statusCode: null }],
    [{ statusCode: 200.5 }],
    [{ statusCode: 199 }],
    [{ statusCode: 600 }],
  ])('[GU3] answers 502 when the result of connecting is %j', async ([result], test) => {
    const stage = await probeStage(test);

    expect((await TestClient.refused(stage.url(playing({ result })))).statusCode).toBe(502);
  });

  it('[GU3] answers 504 when $connect has not returned after 29 s', async (test) => {
    const stage = await probeStage(test);
    stage.takes(1);
    const watcher = await watch(stage);
    const refused = TestClient.refused(stage.url({ ...watcher.query, ...playing({ sleepMs: 40_000 }) }));

    await watcher.next();
    await stage.pass(29_000);

    expect((await refused).statusCode).toBe(504);
    await stage.pass(11_000);
  }, 60_000);
});

describe('a handshake that cannot become a WebSocket', () => {
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';

  it.for([
    ['no key', { 'Sec-WebSocket-Key': undefined }, 400],
    ['a short key', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }, 400],
    ['two keys', { 'Sec-WebSocket-Key': [key, key] }, 400],
    ['another protocol', { Upgrade: 'h2c' }, 426],
    ['no version', { 'Sec-WebSocket-Version': undefined }, 426],
    ['an old version', { 'Sec-WebSocket-Version': '8' }, 426],
    ['an empty list of subprotocols', { 'Sec-WebSocket-Protocol': '' }, 400],
    ['an empty subprotocol', { 'Sec-WebSocket-Protocol': 'v1,, v2' }, 400],
    ['the same subprotocol twice', { 'Sec-WebSocket-Protocol': 'v1, v1' }, 400],
    ['a subprotocol with a space', { 'Sec-WebSocket-Protocol': 'v 1' }, 400],
    ['a subprotocol with a no-break space', { 'Sec-WebSocket-Protocol': 'v1,\u00a0v2' }, 400],
  ] as const)('[GU8] with %s is refused before $connect runs', async ([, headers, statusCode], test) => {
    const stage = await probeStage(test);
    const watcher = await watch(stage);

    expect((await RawClient.refused(stage.url(watcher.query), { headers })).statusCode).toBe(statusCode);
    const { connectionId } = await stage.connectKnown(watcher.query);
    expect((await watcher.next()).event.requestContext.connectionId).toBe(connectionId);
  });

  it('[GU8] with another method is refused before $connect runs', async (test) => {
    const stage = await probeStage(test);
    const watcher = await watch(stage);

    expect((await RawClient.refused(stage.url(watcher.query), { method: 'POST' })).statusCode).toBe(400);
    const { connectionId } = await stage.connectKnown(watcher.query);
    expect((await watcher.next()).event.requestContext.connectionId).toBe(connectionId);
  });

  it('[GU8] names the version it would take', async (test) => {
    const stage = await probeStage(test);

    const { headers } = await RawClient.refused(stage.url(), { headers: { 'Sec-WebSocket-Version': '14' } });

    expect(headers['sec-websocket-version']).toBe('13');
  });
});

function targetOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
