import { describe, expect, it } from 'vitest';
import { MeetingError } from '../../src/client/index.ts';
import { ManualClock } from '../../test/harness/ManualClock.ts';
import { Devices } from '../devices/Devices.ts';
import { aParticipant, FakeClient, FakePeers } from '../testing/FakeCall.ts';
import { FakeMedia } from '../testing/FakeMedia.ts';
import { parseConfig } from './config.ts';
import { MeetingPage, type PageParts } from './MeetingPage.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function aPage(given: Partial<PageParts> & { readonly authentication?: 'none' | 'token' } = {}) {
  const { authentication = 'none', ...parts } = given;
  const media = new FakeMedia();
  const devices = new Devices(media, {});
  await devices.start();
  const clients: FakeClient[] = [];
  const peers = new FakePeers();
  const clock = new ManualClock();
  const page = new MeetingPage({
    config: parseConfig({ url: '/production', authentication }, new URL('https://meet.example.org/')),
    connect(options) {
      const client = new FakeClient(options);
      clients.push(client);
      return { client, peers };
    },
    fetchToken: async () => 'fetched',
    isHealthy: async () => true,
    ownLevel: () => 0,
    ...{ devices, clock, userId: 'me', token: undefined, random: () => 0.5 },
    ...parts,
  });
  const join = () => {
    page.join({ name: 'Me', meetingId: 'standup' });
    const client = clients.at(-1);
    if (!client) throw new Error('No client was made.');
    return client;
  };
  const call = () => {
    const { value } = page.phase;
    if (value.kind !== 'call') throw new Error(`There is no call: ${value.kind}`);
    return value.call;
  };
  return { page, media, devices, peers, clock, join, call };
}

describe('joining', () => {
  it('goes from the lobby into the call, saying from the start what one shares', async () => {
    const { page, join } = await aPage();
    const client = join();
    expect(page.phase.value.kind).toBe('joining');
    expect(client.options).toMatchObject({
      ...{ userName: 'Me', meetingId: 'standup' },
      attributes: { microphone: true, camera: true, screen: false, hand: false },
    });
    client.welcome();
    expect(page.phase.value.kind).toBe('call');
    expect(client.updates).toEqual([]);
  });

  it('joins as a listener where neither microphone nor camera can be had', async () => {
    const devices = new Devices(undefined, {});
    await devices.start();
    const { join, call, peers } = await aPage({ devices });
    const client = join();
    client.welcome();
    expect(client.options.attributes).toMatchObject({ microphone: false, camera: false });
    expect(call().people.value).toMatchObject([{ place: 'self' }]);
    expect(peers.sent).toEqual({ audio: null, video: null });
  });

  it.each(['full', 'locked', 'removed', 'not-allowed'] as const)(
    'ends with a sentence when %s',
    async (reason) => {
      const { page, join, media } = await aPage();
      join().become({ status: 'closed', reason });
      expect(page.phase.value).toMatchObject({ kind: 'ended', ending: { advice: expect.any(String) } });
      expect(media.tracks.filter(({ readyState }) => readyState === 'live')).toEqual([]);
    },
  );

  it('says why it takes long, and stops saying so once in', async () => {
    const { page, join } = await aPage({ isHealthy: async () => false });
    const client = join();
    const failure = new MeetingError('unreachable', 'No.');
    client.become({ status: 'connecting', attempt: 3, failure });
    await settle();
    expect(page.phase.value).toMatchObject({
      kind: 'joining',
      notice: { title: 'The server can’t be reached' },
    });
    client.welcome();
    expect(page.phase.value).not.toHaveProperty('notice');
  });

  it('is not brought back from the call by what is found out too late', async () => {
    let tell = (_isHealthy: boolean) => {};
    const isHealthy = () =>
      new Promise<boolean>((resolve) => {
        tell = resolve;
      });
    const { page, join } = await aPage({ isHealthy });
    const client = join();
    client.become({ status: 'connecting', attempt: 3, failure: new MeetingError('unreachable', 'No.') });
    client.welcome();
    tell(false);
    await settle();
    expect(page.phase.value.kind).toBe('call');
  });

  it('can be given up', async () => {
    const { page, join, devices } = await aPage();
    const client = join();
    await page.leave();
    expect(client.state.status).toBe('closed');
    expect(page.phase.value.kind).toBe('lobby');
    expect(devices.camera.state.value.status).toBe('on');
  });
});

describe('with authentication', () => {
  it('says that it has no token, when it has none and no URL for one', async () => {
    const { page } = await aPage({ authentication: 'token' });
    expect(page.obstacle?.title).toBe('You need an invitation');
  });

  it('gives the client the link’s token, and claims no name of its own', async () => {
    const { page, join } = await aPage({ authentication: 'token', token: 'a.b.c' });
    expect(page.obstacle).toBeUndefined();
    const { options } = join();
    expect(options).toMatchObject({ token: 'a.b.c' });
    expect(options).not.toHaveProperty('userName');
    expect(options.url).not.toContain('a.b.c');
  });

  it('asks the configured URL for one, anew for each attempt', async () => {
    const config = parseConfig(
      { url: '/p', authentication: 'token', tokenUrl: '/token' },
      new URL('https://meet.example.org/'),
    );
    const { join } = await aPage({ config });
    expect(await join().options.getToken?.()).toBe('fetched');
  });

  it('ends with a sentence when the server is up and doesn’t take the token', async () => {
    const { page, join } = await aPage({ authentication: 'token', token: 'a.b.c' });
    join().become({ status: 'connecting', attempt: 3, failure: new MeetingError('unreachable', 'No.') });
    await settle();
    expect(page.phase.value).toMatchObject({
      kind: 'ended',
      ending: { title: 'Your invitation has expired', next: 'none' },
    });
  });

  it('sends no token where nobody asks for one', async () => {
    const { join } = await aPage({ token: 'a.b.c' });
    expect(join().options).not.toHaveProperty('token');
  });
});

describe('leaving', () => {
  it('turns everything off, and rejoining turns on what was on', async () => {
    const { page, join, devices, media } = await aPage();
    devices.camera.turnOff();
    join().welcome();
    await page.leave();
    expect(page.phase.value).toMatchObject({ kind: 'ended', ending: { next: 'rejoin' } });
    expect(media.tracks.filter(({ readyState }) => readyState === 'live')).toEqual([]);
    await page.rejoin();
    expect(page.phase.value.kind).toBe('joining');
    expect([devices.microphone.state.value.status, devices.camera.state.value.status]).toEqual(['on', 'off']);
  });
});

describe('in the call', () => {
  it('tells the others by attributes what is muted, and mutes the track', async () => {
    const { join, devices, media } = await aPage();
    const client = join();
    client.welcome();
    devices.microphone.turnOff();
    expect(client.updates).toEqual([{ microphone: false, camera: true, screen: false, hand: false }]);
    expect(media.live('audio')[0]?.enabled).toBe(false);
  });

  it('sends the screen in place of the camera, and the camera again when the browser stops it', async () => {
    const { join, devices, media, peers } = await aPage();
    const client = join();
    client.welcome();
    await devices.screen.start();
    expect(peers.sent.video).toBe(devices.screen.track.value);
    expect(client.updates.at(-1)).toMatchObject({ camera: false, screen: true });
    media.live('screen')[0]?.end();
    expect(peers.sent.video).toBe(devices.camera.track.value);
    expect(client.updates.at(-1)).toMatchObject({ camera: true, screen: false });
  });

  it('shows at once what others shared before one came', async () => {
    const { join, call } = await aPage();
    const attributes = { microphone: true, camera: false, screen: true, hand: true };
    const [connection] = aParticipant('Bob').connections;
    if (!connection) throw new Error('Bob has no tab.');
    join().welcome(aParticipant('Bob', { connections: [{ ...connection, attributes }] }));
    expect(call().tiles.value.screens).toMatchObject([{ name: 'Bob', shares: attributes }]);
  });

  it('shows who speaks, and that they stopped', async () => {
    const { join, call, peers, clock } = await aPage();
    const bob = aParticipant('Bob');
    const [connection] = bob.connections;
    if (!connection) throw new Error('Bob has no tab.');
    join().welcome({ ...bob, connections: [{ ...connection, attributes: { microphone: true } }] });
    const stream = {} as MediaStream;
    peers.peers = [{ userId: 'bob', session: 'bob-tab', state: 'connected', stream }];
    peers.emitter.emit('peerAdded', { userId: 'bob', session: 'bob-tab', state: 'connected', stream });
    peers.levels.set('bob', 0.4);
    clock.advance(100);
    const voiceOfBob = () => call().people.value.find(({ name }) => name === 'Bob')?.voice;
    expect(voiceOfBob()).toBe('speaking');
    peers.levels.set('bob', 0);
    for (let ticks = 0; ticks < 16; ticks++) {
      await settle();
      clock.advance(100);
    }
    expect(voiceOfBob()).toBe('silent');
  });

  it('announces a hand once, when it goes up', async () => {
    const { join, call } = await aPage();
    const client = join();
    const bob = aParticipant('Bob');
    client.welcome(bob);
    const withHand = {
      ...bob,
      connections: bob.connections.map((connection) => ({ ...connection, attributes: { hand: true } })),
    };
    client.change(withHand);
    const { id, text } = call().announcement.value;
    expect(text).toBe('Bob raised a hand.');
    client.change({ ...withHand, rev: 3 });
    expect(call().announcement.value.id).toBe(id);
  });

  it('knows the lock that it has set itself, of which the server tells only others', async () => {
    const { join, call } = await aPage();
    const client = join();
    client.welcome();
    await call().toggleLock();
    expect(call().lock.value).toBe('locked');
    await call().toggleLock();
    expect(client.commands).toEqual(['lock', 'unlock']);
    expect(call().lock.value).toBe('unlocked');
  });

  it('stays in the call while it reconnects, and says so', async () => {
    const { page, join, call } = await aPage();
    const client = join();
    client.welcome();
    client.become({
      status: 'reconnecting',
      attempt: 1,
      failure: new MeetingError('connection_lost', 'Lost.'),
    });
    expect(page.phase.value.kind).toBe('call');
    expect(call().state.value.status).toBe('reconnecting');
    expect(call().announcement.value.text).toContain('Reconnecting');
  });

  it('closes the peer connections when a host removes one', async () => {
    const { page, join, peers } = await aPage();
    const client = join();
    client.welcome();
    client.become({ status: 'closed', reason: 'removed' });
    expect(peers.state).toBe('closed');
    expect(page.phase.value).toMatchObject({
      kind: 'ended',
      ending: { title: 'You were removed from the meeting' },
    });
  });
});
