import { describe, expect, it } from 'vitest';
import { openFakeMeeting, settled, startFakeMeeting } from '../../test/harness/fakeMeeting.ts';
import { seededRandom, seedOfRun } from '../../test/harness/random.ts';
import { backoffMs } from './backoff.ts';
import { createMeetingClient } from './index.ts';

describe('an attempt to connect', () => {
  it('[SD1] offers cloudmeetx.v1, and says who comes to which meeting', async () => {
    const { net } = await startFakeMeeting();
    expect(net.last.protocols).toEqual(['cloudmeetx.v1']);
    expect(net.last.url.href).toBe(
      'wss://meet.example/production?meetingId=standup&userId=alice&userName=Alice',
    );
  });

  it('[SD1] makes up a userId and a session for whoever has none', async () => {
    const { net, client } = await startFakeMeeting({
      userId: '',
      session: '',
      random: Math.random,
    });
    expect(net.last.url.searchParams.get('userId')).toMatch(/^[0-9a-z]{24}$/);
    expect(client.session).toMatch(/^[0-9a-z]{24}$/);
    net.last.open();
    expect(net.last.last('join').session).toBe(client.session);
  });

  it('[SD1] asks getToken anew for each attempt', async () => {
    let tokens = 0;
    const { net, pass } = await startFakeMeeting({ getToken: async () => `token-${++tokens}` });
    expect(net.last.protocols).toEqual(['cloudmeetx.v1', 'bearer.token-1']);
    net.last.end();
    await pass(1000);
    expect(net.last.protocols).toEqual(['cloudmeetx.v1', 'bearer.token-2']);
  });

  it('[SD1] that has no token because getToken failed is a failure like others', async () => {
    const answers = [Promise.reject(new Error('no session')), Promise.resolve('token')];
    const { net, client, pass } = await startFakeMeeting({ getToken: async () => answers.shift() ?? '' });
    expect(net.all).toHaveLength(0);
    expect(client.state).toMatchObject({
      status: 'connecting',
      attempt: 2,
      failure: { code: 'token_failed' },
    });
    await pass(1000);
    expect(net.last.protocols).toEqual(['cloudmeetx.v1', 'bearer.token']);
  });

  it('[SD4] waits 15 s for getToken', async () => {
    const { net, client, pass } = await startFakeMeeting({ getToken: () => new Promise(() => {}) });
    await pass(15_000);
    expect(client.state).toMatchObject({ attempt: 2, failure: { code: 'timed_out' } });
    expect(net.all).toHaveLength(0);
  });

  it('[SD5] needs a WebSocket, and a URL', () => {
    const where = { meetingId: 'standup', userId: 'alice' };
    const webSocket = class {
      constructor() {
        throw new SyntaxError('a bad subprotocol');
      }
    } as never;
    expect(() => createMeetingClient({ ...where, url: 'nowhere', webSocket })).toThrow(TypeError);
    if (!('WebSocket' in globalThis)) {
      expect(() => createMeetingClient({ ...where, url: 'ws://meet.example' })).toThrow(
        /webSocket: WebSocket/,
      );
    }
  });

  it('[SD5] that no browser would make ends the client', async () => {
    const { client } = await startFakeMeeting({
      webSocket: class {
        constructor() {
          throw new SyntaxError('a bad subprotocol');
        }
      } as never,
    });
    expect(client.state).toMatchObject({
      status: 'closed',
      reason: 'refused',
      error: { code: 'invalid_request' },
    });
  });

  it('[SD4] is aborted when a step of it takes 15 s, and heard no more', async () => {
    const { net, client, pass, of } = await startFakeMeeting();
    const [first] = net.all;
    await pass(14_999);
    expect(first?.closed).toBe('no');
    first?.open();
    await pass(14_999);
    expect(first?.closed).toBe('no');
    await pass(1);
    expect(first?.closed).toBe('by client');
    expect(client.state).toMatchObject({ status: 'connecting', attempt: 2, failure: { code: 'timed_out' } });
    first?.welcome();
    expect(of('welcome')).toHaveLength(0);
  });

  it('[SD4] fails at once on a word of API Gateway instead of a welcome', async () => {
    const { net, client } = await startFakeMeeting();
    net.last.open();
    net.last.receive({ message: 'Internal server error', connectionId: 'c', requestId: 'r' });
    expect(client.state).toMatchObject({ attempt: 2, failure: { code: 'gateway_error' } });
  });

  it('[SD13] whose join is refused for its rate waits as long as it is told', async () => {
    const { net, pass } = await startFakeMeeting();
    net.last.open();
    net.last.reply('join', { type: 'error', code: 'rate_limited', retryable: true, retryAfterMs: 700 });
    await pass(699);
    expect(net.last.count('join')).toBe(1);
    await pass(1);
    expect(net.last.count('join')).toBe(2);
    expect(net.all).toHaveLength(1);
  });
});

describe('pauses between attempts', () => {
  it('[SD3] are random, up to a bound that doubles from 0.5 s to 30 s', () => {
    const bounds = Array.from({ length: 9 }, (_, failures) => backoffMs(failures, () => 1));
    expect(bounds).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    const seed = seedOfRun();
    const random = seededRandom(seed);
    for (let times = 0; times < 1000; times++) {
      const failures = random.below(10);
      const delayMs = backoffMs(failures, random.next);
      expect(delayMs, `seed ${seed}`).toBeLessThanOrEqual(backoffMs(failures, () => 1));
      expect(delayMs, `seed ${seed}`).toBeGreaterThanOrEqual(0);
    }
  });

  it('[SD3] grow with each failure, and start anew after 10 s of connection', async () => {
    const { net, client, pass, clock } = await startFakeMeeting({ random: () => 1 });
    const pauseAfter = async (happening: () => void) => {
      const before = net.all.length;
      happening();
      let waitedMs = 0;
      for (; net.all.length === before; waitedMs += 100) await pass(100);
      return waitedMs;
    };
    expect(await pauseAfter(() => net.last.end())).toBe(1000);
    expect(await pauseAfter(() => net.last.end())).toBe(2000);
    net.last.welcome();
    expect(await pauseAfter(() => net.last.end())).toBe(4000);
    net.last.welcome();
    clock.advance(10_000);
    expect(await pauseAfter(() => net.last.end())).toBe(500);
    expect(client.state).toMatchObject({ status: 'reconnecting', attempt: 1 });
  });

  it('[SD3] are none after 1001, which is how API Gateway ends a connection', async () => {
    const { net, pass } = await openFakeMeeting({}, { random: () => 1 });
    await pass(10_000);
    net.last.end(1001);
    await pass(0);
    expect(net.all).toHaveLength(2);
  });

  it('[SD3] are not cut short for a server that says 1001 as soon as it is asked', async () => {
    const { net, pass } = await openFakeMeeting({}, { random: () => 1 });
    net.last.end(1001);
    await pass(999);
    expect(net.all).toHaveLength(1);
    await pass(1);
    expect(net.all).toHaveLength(2);
  });

  it('[SD3] are 10 s at least for whoever was told to be flooding', async () => {
    const { net, pass } = await openFakeMeeting();
    await pass(20_000);
    net.last.receive({ type: 'bye', code: 'flooding', message: 'Too much.' });
    await pass(9999);
    expect(net.all).toHaveLength(1);
    await pass(1);
    expect(net.all).toHaveLength(2);
  });
});

describe('a network that comes back', () => {
  const listeners = new Set<() => void>();
  const browser = {
    addEventListener: (_name: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_name: string, listener: () => void) => listeners.delete(listener),
  };

  it('[SD3] is used at once, also in place of an attempt that nobody has answered', async () => {
    Object.assign(globalThis, browser);
    const { net, client } = await startFakeMeeting();
    net.last.end();
    for (const online of listeners) online();
    await settled();
    expect(net.all).toHaveLength(2);
    for (const online of listeners) online();
    await settled();
    expect(net.all.map(({ closed }) => closed)).toEqual(['no', 'by client', 'no']);
    net.last.open();
    for (const online of listeners) online();
    await settled();
    expect(net.all).toHaveLength(3);
    net.last.welcome();
    for (const online of listeners) online();
    expect(net.last.count('ping')).toBe(1);
    client.close();
    expect(listeners.size).toBe(0);
    for (const name of Object.keys(browser)) Reflect.deleteProperty(globalThis, name);
  });
});

describe('a join', () => {
  it('[SD6] that finds no room closes the client; one that comes back waits until there is', async () => {
    const full = { type: 'error', code: 'meeting_full', message: 'Full.', retryable: true };
    const first = await startFakeMeeting();
    first.net.last.open();
    first.net.last.reply('join', full);
    expect(first.client.state).toMatchObject({
      status: 'closed',
      reason: 'full',
      error: { code: 'meeting_full' },
    });

    const { net, client, pass } = await openFakeMeeting();
    net.last.end();
    await pass(1000);
    net.last.open();
    net.last.reply('join', full);
    expect(client.state).toMatchObject({ status: 'reconnecting', failure: { code: 'meeting_full' } });
    await pass(5000);
    net.last.welcome();
    expect(client.state).toEqual({ status: 'open' });
  });

  it('[SD10] says which session comes, what it has seen, and what it replaces', async () => {
    const { net, pass } = await openFakeMeeting({ seq: 7 }, { attributes: { hand: true } });
    expect(net.last.last('join')).toEqual({
      ...{ action: 'join', requestId: 'join', session: 'alice-tab', attributes: { hand: true } },
    });
    net.last.end();
    await pass(1000);
    net.last.open();
    expect(net.last.last('join')).toMatchObject({ since: { epoch: 'first', seq: 7 }, replaces: 'alice-1' });
  });
});

describe('a heartbeat', () => {
  it('[SD21] is sent after 4 minutes without a message of the client, and not before', async () => {
    const { net, pass } = await openFakeMeeting();
    const [socket] = net.all;
    // What asks whether a line was missed is a message, too; here lines come.
    for (let seq = 2; seq < 10; seq++) {
      expect(socket?.count('ping')).toBe(0);
      await pass(29_999);
      socket?.receive({ type: 'void', seq });
    }
    await pass(8);
    expect(socket?.count('ping')).toBe(1);
    expect(socket?.count('history')).toBe(0);
  });

  it('[SD21] that is answered by nothing for 10 s shows that the connection is dead', async () => {
    const { net, client, pass } = await openFakeMeeting();
    await pass(60_000);
    expect(net.last.count('history')).toBe(1);
    await pass(10_000);
    expect(net.last.count('ping')).toBe(1);
    await pass(9999);
    expect(client.state.status).toBe('open');
    await pass(1);
    expect(client.state).toMatchObject({ status: 'reconnecting', failure: { code: 'connection_lost' } });
    expect(net.all[0]?.closed).toBe('by client');
  });

  it('[SD21] is answered by whatever comes', async () => {
    const { net, client, pass } = await openFakeMeeting();
    await pass(70_000);
    net.last.receive({ type: 'pong' });
    await pass(10_000);
    expect(client.state.status).toBe('open');
  });
});
