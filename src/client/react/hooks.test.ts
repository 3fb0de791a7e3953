import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { FakeSockets, participant, userEvent } from '../../../test/harness/FakeSockets.ts';
import { openFakeMeeting } from '../../../test/harness/fakeMeeting.ts';
import { ManualClock } from '../../../test/harness/ManualClock.ts';
import { Hooks, type Mode, renderHook } from '../../../test/harness/reactPage.ts';
import type { MeetingClient, MeetingClientOptions } from '../index.ts';
import { useChat, useClientState, useMeetingClient, useParticipants, usePeers } from './index.ts';

function optionsOn(net: FakeSockets): MeetingClientOptions {
  return {
    ...{ url: 'wss://meet.example/production', meetingId: 'standup', userId: 'alice', userName: 'Alice' },
    ...{ webSocket: net.webSocket, clock: new ManualClock(), random: () => 0.5 },
  };
}

describe('useMeetingClient', () => {
  it.each<Mode>(['usual', 'strict'])(
    '[RH1] makes one client when it is mounted (%s), and closes it when it is unmounted',
    async (mode) => {
      const net = new FakeSockets();
      const page = await renderHook(useMeetingClient, optionsOn(net), mode);
      expect(page.values[0]).toBeUndefined();
      expect(net.all).toHaveLength(1);
      const client = page.value;
      await page.rerender({ ...optionsOn(net), userName: 'Alicia', attributes: { camera: true } });
      expect(page.value).toBe(client);
      expect(client?.state.status).toBe('connecting');
      await page.unmount();
      expect(client?.state).toMatchObject({ status: 'closed', reason: 'closed' });
      expect(net.all).toHaveLength(1);
      expect(net.last.closed).toBe('by client');
    },
  );

  it.each<Partial<MeetingClientOptions>>([
    { url: 'wss://other.example/production' },
    { meetingId: 'retro' },
    { userId: 'bob' },
    { token: 'b.b.b' },
    { session: 'tab-2' },
  ])('[RH2] makes another client for %j, and shows the one before no more', async (other) => {
    const net = new FakeSockets();
    const options = { ...optionsOn(net), token: 'a.a.a', session: 'tab-1' };
    const page = await renderHook(useMeetingClient, options);
    const first = page.value;
    const shown = page.values.length;
    await page.rerender({ ...options, ...other });
    expect(first?.state.status).toBe('closed');
    expect(page.values.slice(shown)).not.toContain(first);
    expect(page.value?.state.status).toBe('connecting');
    expect(net.all).toHaveLength(2);
  });

  it('[RH2] asks the latest getToken', async () => {
    const net = new FakeSockets();
    const options = optionsOn(net);
    const page = await renderHook(useMeetingClient, { ...options, getToken: () => 'a.a.a' });
    await page.rerender({ ...options, getToken: () => 'b.b.b' });
    expect(net.last.protocols).toContain('bearer.a.a.a');
    await page.happen(() => {
      net.last.end();
      (options.clock as ManualClock).advance(1000);
    });
    expect(net.all).toHaveLength(2);
    expect(net.last.protocols).toContain('bearer.b.b.b');
  });
});

describe('useClientState', () => {
  it('[RH3] renders each state, and nothing else', async () => {
    const { client, net } = await openFakeMeeting();
    const page = await renderHook(useClientState, undefined as MeetingClient | undefined);
    await page.rerender(client);
    await page.happen(() =>
      net.last.receive(userEvent('user-joined', 'bob', { seq: 2, participant: participant('bob') })),
    );
    await page.happen(() => client.close());
    expect(page.values).toEqual([
      { status: 'connecting', attempt: 1 },
      { status: 'open' },
      { status: 'closed', reason: 'closed', error: undefined },
    ]);
  });
});

describe('useParticipants', () => {
  it('[RH4] gives the same list until somebody comes, changes or goes', async () => {
    const { client, net } = await openFakeMeeting();
    const page = await renderHook(useParticipants, client, 'strict');
    const alone = page.value;
    const bob = participant('bob');
    await page.rerender(client);
    expect(page.value).toBe(alone);
    expect(alone.map(({ userId }) => userId)).toEqual(['alice']);
    await page.happen(() => net.last.receive(userEvent('user-joined', 'bob', { seq: 2, participant: bob })));
    const both = page.value;
    expect(both.map(({ userId }) => userId)).toEqual(['alice', 'bob']);
    expect(both[0]).toBe(alone[0]);
    const renamed = { ...bob, rev: 2, userName: 'Robert' };
    await page.happen(() => net.last.receive(userEvent('user-updated', 'bob', { participant: renamed })));
    expect(page.value.map(({ userName }) => userName)).toEqual(['alice', 'Robert']);
    await page.happen(() => net.last.receive(userEvent('user-left', 'bob', { seq: 3, reason: 'left' })));
    expect(page.value).toEqual(alone);
  });
});

/** What `cloudmeetx/peers` looks like to a hook. */
class FakePeers {
  peers: readonly { readonly userId: string; readonly state: string }[] = [];
  readonly listeners = new Map<string, () => void>();
  on(name: string, listener: () => void): () => void {
    this.listeners.set(name, listener);
    return () => this.listeners.delete(name);
  }
}

describe('usePeers', () => {
  it('[RH5] gives the same list until a peer is added, updated or removed', async () => {
    const source = new FakePeers();
    const page = await renderHook(usePeers<FakePeers['peers'][number]>, source);
    const none = page.value;
    const [connecting, connected] = ['connecting', 'connected'].map((state) => ({ userId: 'bob', state }));
    const news = [
      ['peerAdded', [connecting]],
      ['peerUpdated', [connected]],
      ['peerRemoved', []],
    ] as const;
    for (const [name, peers] of news) {
      source.peers = peers as FakePeers['peers'];
      await page.happen(source.listeners.get(name));
      expect(page.value).toEqual(peers);
      // The source makes a new array each time that it is asked.
      source.peers = [...source.peers];
      const { value } = page;
      await page.rerender(source);
      expect(page.value).toBe(value);
    }
    expect(none).toEqual([]);
    await page.unmount();
    expect(source.listeners.size).toBe(0);
  });
});

describe('every hook', () => {
  it('[RH6] shows nothing yet without a client, and on a server', () => {
    const net = new FakeSockets();
    const seen: unknown[] = [];
    const use = () => {
      const client = useMeetingClient(optionsOn(net));
      const { entries, history } = useChat(client);
      seen.push(client, useClientState(client).status, useParticipants(client), entries, history);
      seen.push(usePeers(undefined));
    };
    renderToString(createElement(Hooks, { use }));
    expect(seen).toEqual([undefined, 'connecting', [], [], 'reading', []]);
    expect(net.all).toHaveLength(0);
  });

  it('[RH6] renders a client that is there already on a server, and listens to nothing', async () => {
    const { client, net } = await openFakeMeeting();
    const seen: unknown[] = [];
    const use = () => {
      seen.push(useClientState(client).status, useParticipants(client).length, useChat(client).history);
    };
    renderToString(createElement(Hooks, { use }));
    expect(seen).toEqual(['open', 1, 'reading']);
    expect(net.last.count('history')).toBe(0);
  });
});
