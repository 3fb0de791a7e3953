import { useList } from './useList.ts';

/** The part of `cloudmeetx/peers` that is read here. */
export type PeersSource<Peer> = {
  readonly peers: readonly Peer[];
  on(name: 'peerAdded' | 'peerUpdated' | 'peerRemoved', listener: () => void): () => void;
};

/** The other ends of a mesh, as pictures that are replaced with each change; none without a mesh. */
export function usePeers<Peer>(peers: PeersSource<Peer> | undefined): readonly Peer[] {
  return useList(peers, sourceOf<Peer>);
}

const sourceOf = <Peer>(source: PeersSource<Peer>) => ({
  read: () => source.peers,
  subscribe(onChange: () => void) {
    const offs = (['peerAdded', 'peerUpdated', 'peerRemoved'] as const).map((name) =>
      source.on(name, onChange),
    );
    return () => {
      for (const off of offs) off();
    };
  },
});
