import { useCallback, useSyncExternalStore } from 'react';
import type { ClientState, MeetingClient } from '../index.ts';

const connecting: ClientState = { status: 'connecting', attempt: 1 };

/** Where a client stands. Without a client: about to connect. */
export function useClientState(client: MeetingClient | undefined): ClientState {
  const subscribe = useCallback(
    (onChange: () => void) => client?.on('stateChange', onChange) ?? (() => {}),
    [client],
  );
  const read = () => client?.state ?? connecting;
  return useSyncExternalStore(subscribe, read, read);
}
