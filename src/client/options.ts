import type { Attributes } from '../protocol/participants.ts';
import { V1 } from '../protocol/subprotocols.ts';
import { type Clock, systemClock } from './clock.ts';
import { ownWebSocket, type WebSocketConstructor } from './environment.ts';

/** Where to meet, as whom, and by which means. */
export type MeetingClientOptions = {
  /** `wss://HOST/STAGE`. */
  readonly url: string;
  readonly meetingId: string;
  /** Where the server asks for tokens, they say who this is. Made up unless given. */
  readonly userId?: string;
  readonly userName?: string;
  readonly token?: string;
  /** Asked anew for each attempt to connect. */
  readonly getToken?: () => string | Promise<string>;
  /**
   * Names this client over all of its connections. Made up unless given, and not kept anywhere: a page that is loaded
   * again, or a tab that is duplicated, is another session. If you give one, give no two clients the same.
   */
  readonly session?: string;
  /** What this connection tells the others of itself, from the start: a JSON object of at most 2 KB. */
  readonly attributes?: Attributes;
  /** The `WebSocket` to use. Node 20 has none: give it that of `ws`. */
  readonly webSocket?: WebSocketConstructor;
  /** Renews a connection at this age, in milliseconds, instead of shortly before the server ends it. */
  readonly renewAfterMs?: number;
  /** 0 ≤ number < 1. `Math.random` unless given. */
  readonly random?: () => number;
  readonly clock?: Clock;
};

/** Options with what they leave open decided. */
export type Settings = {
  /** With its query. */
  readonly url: string;
  readonly meetingId: string;
  readonly session: string;
  readonly attributes?: Attributes | undefined;
  readonly webSocket: WebSocketConstructor;
  readonly renewAfterMs?: number | undefined;
  readonly protocols: () => Promise<string[]>;
  readonly random: () => number;
  readonly clock: Clock;
};

/** Decides what options leave open. Throws a `TypeError` for a URL that is none, and where there is no WebSocket. */
export function settingsOf(options: MeetingClientOptions): Settings {
  const { random = Math.random, clock = systemClock, webSocket = ownWebSocket() } = options;
  if (!webSocket) {
    throw new TypeError('There is no WebSocket here: give { webSocket: WebSocket }.');
  }
  const { token, getToken = () => token } = options;
  return {
    ...options,
    ...{ webSocket, random, clock },
    url: urlOf(options, random),
    session: options.session || randomId(random),
    protocols: async () => {
      const bearer = await getToken();
      return bearer ? [V1, `bearer.${bearer}`] : [V1];
    },
  };
}

/** An id of 24 characters that nobody else has. */
export function randomId(random: () => number): string {
  const digits = Array.from({ length: 24 }, () => Math.floor(random() * 36).toString(36));
  return digits.join('');
}

function urlOf({ url, meetingId, userId, userName }: MeetingClientOptions, random: () => number): string {
  const address = new URL(url.replace(/^http/, 'ws'));
  address.searchParams.set('meetingId', meetingId);
  address.searchParams.set('userId', userId || randomId(random));
  if (userName) address.searchParams.set('userName', userName);
  return address.href;
}
