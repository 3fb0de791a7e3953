import { describe, expect, it } from 'vitest';
import { FakeMember, FakeMesh } from './FakeMesh.ts';
import { fakeTrack } from './FakePeerConnection.ts';

/** Two who are connected. */
async function pair(mesh = new FakeMesh()): Promise<{ mesh: FakeMesh; alice: FakeMember; bob: FakeMember }> {
  const alice = await mesh.join('alice');
  const bob = await mesh.join('bob');
  await mesh.pass(500);
  expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
  return { mesh, alice, bob };
}

const offersIn = (mesh: FakeMesh): readonly string[] =>
  mesh.signals.flatMap(({ from, data }) =>
    (data as { description?: { type: string } }).description?.type === 'offer' ? [from] : [],
  );

const videoSentBy = (mesh: FakeMesh) =>
  mesh.network.open.map(
    (connection) => connection.getTransceivers().find(({ kind }) => kind === 'video')?.sender.track?.id,
  );

describe('who is connected', () => {
  it('[PC1] each pair of sessions has one connection, with one audio and one video for both directions', async () => {
    const mesh = new FakeMesh();
    for (const name of ['alice', 'bob', 'carol', 'dave']) await mesh.join(name);
    await mesh.pass(1000);
    expect(mesh.network.open.length).toBe(4 * 3);
    for (const { name, peers } of mesh.members.values()) {
      expect(peers.peers.map(({ session, state }) => [session, state])).toEqual(
        ['alice', 'bob', 'carol', 'dave']
          .filter((other) => other !== name)
          .map((other) => [other, 'connected']),
      );
      for (const { stream } of peers.peers) {
        expect(stream.getTracks().map(({ kind }) => kind)).toEqual(['audio', 'video']);
      }
    }
    for (const connection of mesh.network.open) {
      const transceivers = connection.getTransceivers().map(({ kind, direction }) => [kind, direction]);
      expect(transceivers).toEqual([
        ['audio', 'sendrecv'],
        ['video', 'sendrecv'],
      ]);
    }
  });

  it('[PC2] whoever finds another in its welcome offers at once; who learns of it by an event does not', async () => {
    const { mesh } = await pair();
    await mesh.pass(5000);
    expect(offersIn(mesh)).toEqual(['bob']);
  });

  it('[PC2] who learns of another by an event offers after 2 s, if no offer has come', async () => {
    const mesh = new FakeMesh();
    const alice = await mesh.join('alice');
    // Bob's client has a mesh that knows nobody yet.
    const bob = new FakeMember(mesh, 'bob');
    bob.missing.add('alice');
    mesh.members.set('bob', bob);
    bob.welcome();
    alice.sees('participantJoined', bob);
    await mesh.pass(1990);
    expect(offersIn(mesh)).toEqual([]);
    await mesh.pass(500);
    expect(offersIn(mesh)).toEqual(['alice']);
    expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
  });

  it('[PC2] an offer of somebody whom no roster shows within 15 s leads to nobody', async () => {
    const mesh = new FakeMesh();
    const alice = await mesh.join('alice');
    alice.receive({ name: 'mallory' }, { generation: 7, description: { type: 'offer', sdp: 'v=0' } });
    expect(alice.told).toEqual(['added mallory']);
    await mesh.pass(15_010);
    expect(alice.told).toEqual(['added mallory', 'removed mallory']);
    expect(mesh.network.open).toEqual([]);
  });
});

describe('offers that cross', () => {
  it.each([
    ['alice', 'bob'],
    ['bob', 'alice'],
  ])('[PC3] of two calls that both begin (%s first) both ends keep the same one', async (first, second) => {
    const mesh = new FakeMesh();
    await mesh.join(first);
    mesh.fates = Array.from({ length: 3 }, () => 2500);
    await mesh.join(second);
    // Its offer is under way for longer than the other waits for it.
    await mesh.pass(6000);
    expect(offersIn(mesh).toSorted()).toEqual(['alice', 'bob']);
    expect(mesh.network.open.map(({ connectionState }) => connectionState)).toEqual([
      'connected',
      'connected',
    ]);
  });

  it('[PC3] also of two that begin in the same millisecond', async () => {
    const mesh = new FakeMesh();
    for (const [name, other] of [
      ['alice', 'bob'],
      ['bob', 'alice'],
    ] as const) {
      const member = new FakeMember(mesh, name);
      member.missing.add(other);
      mesh.members.set(name, member);
      member.welcome();
    }
    for (const member of mesh.members.values()) {
      member.missing.clear();
      member.welcome();
    }
    await mesh.pass(1000);
    expect(offersIn(mesh)).toEqual(['alice', 'bob']);
    expect([...mesh.members.values()].flatMap(({ peers }) => peers.peers.map(({ state }) => state))).toEqual([
      'connected',
      'connected',
    ]);
    expect(mesh.network.open.map((connection) => connection.getTransceivers().length)).toEqual([2, 2]);
  });

  it('[PC2] [PC3] an offer that overtakes the news of its sender is answered, and nothing else is begun', async () => {
    const mesh = new FakeMesh();
    const alice = await mesh.join('alice');
    alice.missing.add('bob');
    const bob = await mesh.join('bob');
    await mesh.pass(500);
    alice.missing.clear();
    alice.sees('participantJoined', bob);
    await mesh.pass(20_000);
    expect(offersIn(mesh)).toEqual(['bob']);
    expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
  });

  it('[PC3] candidates that come before the answer are kept for it', async () => {
    const mesh = new FakeMesh();
    await mesh.join('alice');
    // The offer, the answer, and the candidates of both.
    mesh.fates = [5, 1000, 5, 5];
    const bob = await mesh.join('bob');
    await mesh.pass(1500);
    expect(bob.stateOf('alice')).toBe('connected');
    expect(mesh.signals.length).toBe(4);
  });

  it('[PC3] what comes twice changes nothing', async () => {
    const { mesh, alice, bob } = await pair();
    for (const { from, data } of mesh.signals.slice()) {
      const [sender, receiver] = from === 'alice' ? [alice, bob] : [bob, alice];
      receiver.receive(sender, data);
    }
    await mesh.pass(1000);
    expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
    expect([...alice.errors, ...bob.errors]).toEqual([]);
  });

  it('[PC3] what names a call that is no more is ignored, however late it comes', async () => {
    const { mesh, alice, bob } = await pair();
    const late = mesh.signals.map(({ from, data }) => ({ from, data: structuredClone(data) }));
    const connections = mesh.network.open;
    mesh.network.cut(connections[0] as never);
    // The ICE restart gets lost, so that another call is begun.
    mesh.fates = Array.from({ length: 8 }, () => 'lost');
    await mesh.pass(60_000);
    expect(mesh.network.open.length).toBe(2);
    expect(mesh.network.open.some((connection) => connections.includes(connection))).toBe(false);
    for (const { from, data } of late) (from === 'alice' ? bob : alice).receive({ name: from }, data);
    await mesh.pass(100);
    expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
    expect([...alice.errors, ...bob.errors]).toEqual([]);
  });

  it('[PC3] candidates that come before their offer are kept for it', async () => {
    const mesh = new FakeMesh();
    await mesh.join('alice');
    // The offer is slower than what follows it.
    mesh.fates = [1500];
    const bob = await mesh.join('bob');
    await mesh.pass(3000);
    expect(offersIn(mesh)).toEqual(['bob']);
    expect(bob.stateOf('alice')).toBe('connected');
  });

  it('[PC4] of two ICE restarts that cross the impolite end’s is carried out, and both ends agree', async () => {
    const { mesh, alice, bob } = await pair();
    const [one, other] = mesh.network.open;
    one?.restartIce();
    other?.restartIce();
    mesh.network.cut(one as never);
    await mesh.pass(1000);
    expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
    expect(mesh.network.open).toEqual([one, other]);
    expect([...alice.errors, ...bob.errors]).toEqual([]);
  });
});

describe('signals', () => {
  it('[PC5] candidates are gathered for 0.1 s and sent together', async () => {
    const { mesh } = await pair();
    const batches = mesh.signals.flatMap(
      ({ data }) => (data as { candidates?: unknown[] }).candidates?.length ?? [],
    );
    expect(batches).toEqual([2, 2]);
  });

  it.each(['not-found', 'stale'] as const)(
    '[PC6] a signal that finds nobody (%s) is sent again, to whatever connection the session has then',
    async (fate) => {
      const mesh = new FakeMesh();
      const alice = await mesh.join('alice');
      // Its offer, its candidates, and its offer again.
      mesh.fates = [fate, 5, fate];
      const bob = await mesh.join('bob');
      await mesh.pass(1900);
      expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
      expect(mesh.network.connections.length).toBe(2);
      expect(bob.errors).toEqual([]);
    },
  );

  it('[PC6] it is sent six times at most, and not when its call is no more', async () => {
    const mesh = new FakeMesh();
    await mesh.join('alice');
    mesh.fates = Array.from({ length: 100 }, () => 'not-found');
    const bob = await mesh.join('bob');
    await mesh.pass(19_000);
    const sent = mesh.signals.filter(({ from }) => from === 'bob').map(({ data }) => JSON.stringify(data));
    expect(sent.length).toBeGreaterThan(0);
    for (const data of new Set(sent))
      expect(sent.filter((other) => other === data).length).toBeLessThanOrEqual(6);
    bob.peers.close();
    const before = mesh.signals.length;
    await mesh.pass(60_000);
    expect(mesh.signals.slice(before).filter(({ from }) => from === 'bob')).toEqual([]);
  });

  it('[PC6] it is not sent again when another call has taken the place of its own', async () => {
    const mesh = new FakeMesh();
    const alice = await mesh.join('alice');
    mesh.fates = ['not-found'];
    const bob = await mesh.join('bob');
    await mesh.pass(10);
    const sdp = '{"ufrag":"u9","kinds":[]}';
    bob.receive(alice, { generation: 2 ** 50, description: { type: 'offer', sdp } });
    await mesh.pass(1900);
    expect(offersIn(mesh)).toEqual(['bob']);
  });

  it('[PC7] setting up takes half of what the welcome allows', async () => {
    const mesh = new FakeMesh();
    mesh.limits = { messagesPerSecond: 20, messageBurst: 20 };
    // Those who are there answer nothing.
    for (let number = 0; number < 20; number++) (await mesh.join(`p${number}`)).peers.close();
    await mesh.join('late');
    const offers = () => offersIn(mesh).filter((from) => from === 'late').length;
    // 20 × 0.5 / 4 starts, of which the pace takes 80 %: a burst of two, then two a second.
    await mesh.pass(10);
    expect(offers()).toBe(2);
    await mesh.pass(1000);
    expect(offers()).toBe(4);
    await mesh.pass(8000);
    expect(offers()).toBe(20);
  });

  it.each([
    ['nothing', undefined],
    ['text', 'hello'],
    ['no generation', { description: { type: 'offer', sdp: '{}' } }],
    ['a fraction', { generation: 1.5, closed: true }],
    [
      'a generation beyond all others',
      { generation: 2 ** 53 - 1, description: { type: 'offer', sdp: '{}' } },
    ],
    ['another description', { generation: 2, description: { type: 'rollback', sdp: '' } }],
    ['no candidates', { generation: 2, candidates: ['candidate:1'] }],
    ['an offer of its own', { generation: 2, description: { type: 'offer', sdp: '{}' } }, 'alice'],
  ])('[PC16] %s is left to whoever understands it', async (_name, data, name = 'mallory') => {
    const mesh = new FakeMesh();
    const alice = await mesh.join('alice');
    alice.receive({ name }, data);
    await mesh.settle();
    expect([alice.told, alice.errors]).toEqual([[], []]);
  });

  it('[PC16] a description that can’t be read is told as an error, and concerns nobody else', async () => {
    const { mesh, alice } = await pair();
    const mallory = await mesh.join('mallory');
    await mesh.pass(500);
    alice.receive(mallory, { generation: 2 ** 51, description: { type: 'offer', sdp: 'v=0' } });
    await mesh.settle();
    expect(alice.errors.map(({ code, message }) => [code, message.includes('user of mallory')])).toEqual([
      ['peer_failed', true],
    ]);
    expect(alice.stateOf('bob')).toBe('connected');
    // The next call has a generation beyond even that.
    await mesh.pass(60_000);
    expect([alice.stateOf('mallory'), mallory.stateOf('alice')]).toEqual(['connected', 'connected']);
  });
});

describe('losses', () => {
  it('[PC8] a lost WebSocket of one’s own closes nothing, and coming back changes nothing', async () => {
    const { mesh, alice, bob } = await pair();
    const before = mesh.signals.length;
    alice.loseSignalling();
    await mesh.pass(30_000);
    alice.welcome();
    await mesh.pass(5000);
    expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
    expect(mesh.signals.length).toBe(before);
  });

  it.each(['connection-lost', 'expired'] as const)(
    '[PC8] whose WebSocket is gone (%s) is kept while media flows, for 2 min',
    async (reason) => {
      const { mesh, alice, bob } = await pair();
      bob.leave(reason);
      await mesh.pass(119_000);
      expect(alice.stateOf('bob')).toBe('connected');
      await mesh.pass(2000);
      expect(alice.stateOf('bob')).toBeUndefined();
    },
  );

  it('[PC8] so is a tab of somebody who has another, of which nobody says why it is gone', async () => {
    const { mesh, alice, bob } = await pair();
    alice.missing.add('bob');
    alice.sees('participantUpdated', bob);
    await mesh.pass(119_000);
    expect(alice.stateOf('bob')).toBe('connected');
    await mesh.pass(2000);
    expect(alice.stateOf('bob')).toBeUndefined();
  });

  it('[PC8] whose WebSocket is gone before media flows is dropped at once', async () => {
    const mesh = new FakeMesh();
    const alice = await mesh.join('alice');
    mesh.fates = Array.from({ length: 10 }, () => 'lost');
    const bob = await mesh.join('bob');
    bob.leave('connection-lost');
    expect(alice.told).toEqual(['added bob', 'removed bob']);
  });

  it('[PC8] whose WebSocket is gone is dropped as soon as media ends, and kept for good when it is back', async () => {
    const { mesh, alice, bob } = await pair();
    bob.leave('connection-lost');
    await mesh.pass(1000);
    mesh.members.set('bob', bob);
    alice.sees('participantJoined', bob);
    await mesh.pass(200_000);
    expect(alice.stateOf('bob')).toBe('connected');
    bob.leave('connection-lost');
    mesh.network.cut(mesh.network.open[0] as never);
    await mesh.pass(10);
    expect(alice.stateOf('bob')).toBeUndefined();
  });

  it.each(['left', 'kicked', 'replaced'] as const)(
    '[PC8] who is gone for good (%s) is closed at once',
    async (reason) => {
      const { alice, bob } = await pair();
      bob.leave(reason);
      expect(alice.told.at(-1)).toBe('removed bob');
    },
  );

  it('[PC9] a way that broke is looked for by an ICE restart, after 3 s in which it may come back', async () => {
    const { mesh, alice, bob } = await pair();
    const connections = mesh.network.open;
    mesh.network.cut(connections[0] as never);
    expect(alice.stateOf('bob')).toBe('reconnecting');
    await mesh.pass(2990);
    expect(offersIn(mesh)).toEqual(['bob']);
    await mesh.pass(2000);
    expect(offersIn(mesh)).toEqual(['bob', 'bob']);
    expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
    expect(mesh.network.open).toEqual(connections);
  });

  it('[PC9] nothing is looked for while nobody can be told', async () => {
    const { mesh, alice, bob } = await pair();
    for (const member of [alice, bob]) member.loseSignalling();
    mesh.network.cut(mesh.network.open[0] as never);
    await mesh.pass(60_000);
    expect(offersIn(mesh)).toEqual(['bob']);
    for (const member of [alice, bob]) member.welcome();
    await mesh.pass(10_000);
    expect([alice.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
  });

  it('[PC10] a call that does not come up is begun anew after 20 s, then 40, 80 and 120', async () => {
    const mesh = new FakeMesh();
    await mesh.join('alice');
    // Bob is impolite: he begins, and begins again.
    mesh.fates = Array.from({ length: 500 }, () => 'lost');
    const bob = await mesh.join('bob');
    const beginnings: number[] = [];
    for (let seconds = 0; seconds < 300; seconds++) {
      const before = offersIn(mesh).filter((from) => from === 'bob').length;
      await mesh.pass(1000);
      if (offersIn(mesh).filter((from) => from === 'bob').length > before) beginnings.push(seconds);
    }
    expect(beginnings).toEqual([0, 20, 60, 141, 261]);
    mesh.fates = [];
    expect(bob.stateOf('alice')).toBe('unreachable');
    await mesh.pass(130_000);
    expect(bob.told).toEqual([
      'added alice',
      'alice unreachable',
      'alice unreachable',
      'alice unreachable',
      'alice connected',
    ]);
  });
});

describe('another try', () => {
  it('[PC10] the pauses start over when a call has come up', async () => {
    const mesh = new FakeMesh();
    const alice = await mesh.join('alice');
    const loseAll = () => Array.from({ length: 500 }, (): 'lost' => 'lost');
    mesh.fates = loseAll();
    await mesh.join('bob');
    await mesh.pass(50_000);
    mesh.fates = [];
    await mesh.pass(20_000);
    expect(alice.stateOf('bob')).toBe('connected');
    mesh.network.cut(mesh.network.open[0] as never);
    // 3 s, 15 s for the restart, and 20 s for the first call that is begun anew.
    mesh.fates = loseAll();
    await mesh.pass(30_000);
    expect(alice.stateOf('bob')).toBe('reconnecting');
    mesh.fates = [];
    await mesh.pass(15_000);
    expect(alice.stateOf('bob')).toBe('connected');
  });
});

describe('media', () => {
  it('[PC11] what is sent is replaced for all without negotiating, and those to come get it, too', async () => {
    const { mesh, alice } = await pair();
    await alice.peers.setTrack('video', fakeTrack('video', 'camera'));
    await mesh.pass(100);
    expect(offersIn(mesh)).toEqual(['bob']);
    expect(videoSentBy(mesh).toSorted()).toEqual(['camera', undefined]);
    await alice.peers.setTrack('video', fakeTrack('video', 'screen'));
    await mesh.join('carol');
    await mesh.pass(1000);
    expect(videoSentBy(mesh).filter((id) => id === 'screen').length).toBe(2);
    await alice.peers.setTrack('video', null);
    expect(videoSentBy(mesh).filter(Boolean)).toEqual([]);
  });

  it('[PC12] ICE servers are those of the last welcome; a relayed way changes over to them when it is an hour old', async () => {
    const mesh = new FakeMesh();
    mesh.network.candidateType = 'relay';
    mesh.iceServers = [{ urls: ['turn:turn.example'], username: '1:alice', credential: 'a' }];
    const { alice } = await pair(mesh);
    const servers = () =>
      mesh.network.open.map((connection) => connection.getConfiguration().iceServers?.[0]?.username);
    expect(servers()).toEqual(['1:alice', '1:alice']);
    mesh.iceServers = [{ urls: ['turn:turn.example'], username: '2:alice', credential: 'b' }];
    alice.welcome();
    await mesh.pass(1000);
    expect(servers().toSorted()).toEqual(['1:alice', '2:alice']);
    expect(offersIn(mesh)).toEqual(['bob']);
    mesh.clock.advance(3_600_000);
    alice.welcome();
    await mesh.pass(1000);
    expect(offersIn(mesh)).toEqual(['bob', 'alice']);
    expect(alice.stateOf('bob')).toBe('connected');
  });

  it('[PC12] a direct way needs no credentials and stays as it is', async () => {
    const { mesh, alice } = await pair();
    mesh.clock.advance(7_200_000);
    alice.welcome();
    await mesh.pass(1000);
    expect(offersIn(mesh)).toEqual(['bob']);
  });

  it('[PC13] the video to all others together has 4 Mbit/s', async () => {
    const { mesh, alice } = await pair();
    await mesh.join('carol');
    await mesh.pass(1000);
    const bitrates = mesh.network.open.map(
      (connection) =>
        connection
          .getTransceivers()
          .find(({ kind }) => kind === 'video')
          ?.sender.getParameters().encodings[0]?.maxBitrate,
    );
    expect(bitrates).toEqual(Array.from({ length: 6 }, () => 2_000_000));
    expect(alice.errors).toEqual([]);
  });

  it('[PC14] each peer’s figures are told', async () => {
    const { mesh, alice } = await pair();
    expect(await alice.peers.stats()).toMatchObject([
      {
        userId: 'user of bob',
        session: 'bob',
        roundTripMs: 50,
        lossRatio: 0,
        route: 'direct',
        quality: 'good',
      },
    ]);
    mesh.network.candidateType = 'relay';
    expect(await alice.peers.stats()).toMatchObject([{ route: 'relayed' }]);
    expect(alice.peers.audioLevelOf({ userId: 'user of bob', session: 'bob' })).toBe(0.25);
    expect(alice.peers.audioLevelOf({ userId: 'user of bob', session: 'other' })).toBe(0);
  });
});

describe('the end', () => {
  it('[PC15] close closes all and tells the others, who make no other until it offers again', async () => {
    const { mesh, alice, bob } = await pair();
    alice.peers.close();
    await mesh.pass(300_000);
    expect(mesh.network.open).toEqual([]);
    expect(alice.peers.peers).toEqual([]);
    expect(bob.stateOf('alice')).toBe('reconnecting');
    expect(offersIn(mesh)).toEqual(['bob']);
    const next = await mesh.join('alice');
    await mesh.pass(1000);
    expect([next.stateOf('bob'), bob.stateOf('alice')]).toEqual(['connected', 'connected']);
  });

  it('[PC15] it ends with the client', async () => {
    const { mesh, alice } = await pair();
    alice.closeClient();
    expect(alice.peers.peers).toEqual([]);
    expect(mesh.network.open.length).toBe(1);
  });
});
