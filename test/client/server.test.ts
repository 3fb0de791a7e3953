import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '../harness/ManualClock.ts';
import { CuttableSockets, listen, meet, met, nextEvent, reached, texts } from '../harness/meetingClient.ts';
import { startTestServer } from '../harness/server.ts';
import { startProcess } from '../harness/startProcess.ts';

/** The machine may be busy: what these tests do takes a few seconds when it isn't. */
const patient = { timeout: 60_000 };

describe('an attempt to connect', patient, () => {
  it('[SD4] that nobody answers is really aborted', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const clock = new ManualClock();
    const accepted = once(silent, 'connection');
    const alice = meet(`ws://127.0.0.1:${port}/production`, 'alice', { clock });
    const [socket] = (await accepted) as [Socket];
    const closed = once(socket.resume(), 'close');
    const failed = nextEvent(alice, 'stateChange');
    clock.advance(15_000);
    await closed;
    expect(await failed).toMatchObject({ status: 'connecting', attempt: 2, failure: { code: 'timed_out' } });
  });

  it('[SD2] that is refused is tried again', async () => {
    const server = await startTestServer();
    const alice = meet(server.webSocketUrl, 'alice', { userName: 'x'.repeat(129) });
    const state = await nextEvent(alice, 'stateChange');
    expect(state).toMatchObject({ status: 'connecting', attempt: 2, failure: { code: 'unreachable' } });
  });
});

describe('a server', patient, () => {
  it('[SD19] shows who lost their connection as reconnecting, not as leaving and joining', async () => {
    const server = await startTestServer();
    const net = new CuttableSockets();
    const alice = await met(server.webSocketUrl, 'alice');
    const lost = nextEvent(alice, 'participantUpdated', ({ presence }) => presence === 'reconnecting');
    // It comes back when its end has been noticed.
    let attempts = 0;
    const getToken = async () => {
      if (attempts++ > 0) await lost;
      return '';
    };
    const bob = await met(server.webSocketUrl, 'bob', { webSocket: net.webSocket, getToken });
    const told: string[] = [];
    alice.on('participantLeft', () => told.push('left'));
    alice.on('participantJoined', () => told.push('joined'));
    const back = nextEvent(alice, 'participantUpdated', ({ presence }) => presence === 'here');
    const reopened = nextEvent(bob, 'stateChange', ({ status }) => status === 'open');
    net.cut();
    await lost;
    expect(await back).toMatchObject({ userId: 'bob', connections: [{ session: bob.session }] });
    await reopened;
    expect(told).toEqual([]);
    expect(await alice.send({ session: bob.session }, 'note', 1)).toMatchObject({ sent: 1 });
  });

  it('[SD18] that tells a roster in several pages is understood', async () => {
    const server = await startTestServer();
    const attributes = { text: 'x'.repeat(2000) };
    const users = Array.from({ length: 60 }, (_, index) => `user-${String(index).padStart(2, '0')}`);
    await Promise.all(users.map((userId) => met(server.webSocketUrl, userId, { attributes })));
    const last = await met(server.webSocketUrl, 'alice');
    expect(last.participants.map(({ userId }) => userId).toSorted()).toEqual(['alice', ...users]);
  });

  it('[SD2][SD7] that is killed and started again finds its clients back, and chats sent meanwhile once', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cloudmeetx-client-'));
    const first = await startProcess({ DATA_DIR: dataDir });
    const [alice, bob] = await Promise.all(['alice', 'bob'].map((userId) => met(first.url, userId)));
    if (!alice || !bob) throw new Error('both are there');
    const told: unknown[] = [];
    alice.on('participantLeft', (left) => told.push(left));
    const seen = [alice, bob].map(listen);
    await alice.sendChat('before');
    const lost = nextEvent(alice, 'stateChange', ({ status }) => status === 'reconnecting');
    await first.stop('SIGKILL');
    await lost;
    const sent = ['one', 'two', 'three'].map((text) => alice.sendChat(text));
    await startProcess({ DATA_DIR: dataDir, PORT: new URL(first.url).port });
    const [, , last] = await Promise.all(sent);
    await reached(bob, seen[1] ?? [], last?.seq ?? 0);
    for (const chats of seen) expect(texts(chats)).toEqual(['before', 'one', 'two', 'three']);
    expect(told).toEqual([]);
    rmSync(dataDir, { recursive: true });
  });

  it('[SD3] that says 1001 as it stops finds its clients back', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'cloudmeetx-client-'));
    const first = await startProcess({ DATA_DIR: dataDir });
    const alice = await met(first.url, 'alice');
    const lost = nextEvent(alice, 'stateChange', ({ status }) => status === 'reconnecting');
    const back = nextEvent(alice, 'welcome');
    await first.stop('SIGTERM');
    expect(await lost).toMatchObject({ failure: { details: { closeCode: 1001 } } });
    await startProcess({ DATA_DIR: dataDir, PORT: new URL(first.url).port });
    expect(await back).toMatchObject({ resumption: 'recovered' });
    rmSync(dataDir, { recursive: true });
  });
});
