import type { MeetingError } from './MeetingError.ts';

/**
 * Why a client is closed for good.
 *
 * `left`, `closed`: by `leave()` or `close()`. `removed`: by a host. `replaced`: the user has too many connections and
 * this was the oldest. `full`, `locked`, `not-allowed`, `refused`: the meeting didn't let it in; `error` says more.
 */
export type ClosedReason =
  | 'left'
  | 'closed'
  | 'removed'
  | 'replaced'
  | 'full'
  | 'locked'
  | 'not-allowed'
  | 'refused';

/**
 * Where a client stands. `attempt` counts from 1; `failure` says why the attempt before it failed, or why the connection
 * was lost.
 */
export type ClientState =
  | { readonly status: 'connecting'; readonly attempt: number; readonly failure?: MeetingError | undefined }
  | { readonly status: 'open' }
  | { readonly status: 'reconnecting'; readonly attempt: number; readonly failure: MeetingError }
  | { readonly status: 'closed'; readonly reason: ClosedReason; readonly error?: MeetingError | undefined };

/**
 * What moves a client: `up`: a connection is welcomed. `failed`: an attempt failed, and another follows. `lost`: the
 * connection ended. `ended`: there is nothing more to come.
 */
export type StateEvent =
  | { readonly kind: 'up' }
  | { readonly kind: 'failed'; readonly failure: MeetingError }
  | { readonly kind: 'lost'; readonly failure: MeetingError }
  | { readonly kind: 'ended'; readonly reason: ClosedReason; readonly error?: MeetingError | undefined };

/** The state that an event leads to; the very same when it changes nothing. */
export function nextState(state: ClientState, event: StateEvent): ClientState {
  if (state.status === 'closed') return state;
  switch (event.kind) {
    case 'up':
      return state.status === 'open' ? state : { status: 'open' };
    case 'failed':
      // While one is open, what failed is its renewal.
      return state.status === 'open'
        ? state
        : { status: state.status, attempt: state.attempt + 1, failure: event.failure };
    case 'lost':
      return state.status === 'open' ? { status: 'reconnecting', attempt: 1, failure: event.failure } : state;
    case 'ended':
      return { status: 'closed', reason: event.reason, error: event.error };
  }
}
