import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { ClientState, Clock } from '../../src/client/index.ts';
import type { Devices } from '../devices/Devices.ts';
import { Call } from './Call.ts';
import type { PageConfig } from './config.ts';
import {
  type Ending,
  endingOf,
  expiredEnding,
  type Notice,
  obstacleNotice,
  troubleNotice,
} from './failures.ts';
import { readClaims } from './invitation.ts';
import type { Connect } from './ports.ts';
import { troubleOf } from './trouble.ts';

/** Where the page stands. A call that is `joining` has never been in. */
export type Phase =
  | { readonly kind: 'lobby' }
  | { readonly kind: 'joining'; readonly call: Call; readonly notice: Notice | undefined }
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** What the page is given from outside. */
export type PageParts = {
  readonly config: PageConfig;
  readonly devices: Devices;
  readonly connect: Connect;
  /** The token of the link that was opened. */
  readonly token: string | undefined;
  /** Asks a URL for a token. Rejects when it gives none. */
  readonly fetchToken: (tokenUrl: string, meetingId: string) => Promise<string>;
  readonly isHealthy: (healthUrl: string) => Promise<boolean>;
  readonly ownLevel: () => number;
  /** Whoever comes back to a meeting from this page is the same user. */
  readonly userId: string;
  readonly clock: Clock;
  readonly random: () => number;
};

/** Who joins which meeting. With a token the server takes its word for the name. */
export type Entry = { readonly name: string; readonly meetingId: string };

/** The meeting page: lobby, joining, call, end. */
export class MeetingPage {
  readonly #parts: PageParts;
  readonly #phase = signal<Phase>({ kind: 'lobby' });
  #entry: Entry | undefined;
  /** What was on when the call ended: rejoining turns it on again. */
  #wasOn: readonly ('microphone' | 'camera')[] = [];

  constructor(parts: PageParts) {
    this.#parts = parts;
  }

  get phase(): ReadonlySignal<Phase> {
    return this.#phase;
  }

  get devices(): Devices {
    return this.#parts.devices;
  }

  /** How loud one's own microphone is now, from 0 to 1. */
  get ownLevel(): () => number {
    return this.#parts.ownLevel;
  }

  /** Why nobody can join from here, whatever they enter. */
  get obstacle(): Notice | undefined {
    const { config, token } = this.#parts;
    const hasNone = config.authentication === 'token' && !token && !config.tokenUrl;
    return hasNone ? obstacleNotice('no-token') : undefined;
  }

  /** Who one is, where the server takes no other word for it than the token's. */
  get identity():
    | { readonly source: 'person' }
    | { readonly source: 'token'; readonly name?: string; readonly meetingId?: string } {
    const { config, token } = this.#parts;
    if (config.authentication === 'none') return { source: 'person' };
    if (!token) return { source: 'token' };
    const { name, meetingId } = readClaims(token);
    return { source: 'token', ...(name && { name }), ...(meetingId && { meetingId }) };
  }

  /** Joins; {@link phase} says how that goes. */
  join(entry: Entry): void {
    const { connect, devices, config, token, fetchToken, userId } = this.#parts;
    this.#entry = entry;
    const { tokenUrl } = config;
    const asksForTokens = config.authentication === 'token';
    const { client, peers } = connect({
      url: config.url,
      meetingId: entry.meetingId,
      ...(asksForTokens ? {} : { userId, userName: entry.name }),
      ...(asksForTokens && token ? { token } : {}),
      ...(asksForTokens && !token && tokenUrl
        ? { getToken: () => fetchToken(tokenUrl, entry.meetingId) }
        : {}),
      attributes: {
        microphone: devices.microphone.state.value.status === 'on',
        camera: devices.camera.state.value.status === 'on',
        ...{ screen: false, hand: false },
      },
    });
    const call = new Call({ client, peers, ...this.#parts });
    this.#phase.value = { kind: 'joining', call, notice: undefined };
    this.#follow(call);
  }

  /** Leaves the call, or gives up joining. */
  async leave(): Promise<void> {
    const phase = this.#phase.value;
    if (phase.kind === 'joining') {
      // First, so that its end is no news, and turns nothing off.
      this.#phase.value = { kind: 'lobby' };
      phase.call.close();
    } else if (phase.kind === 'call') {
      await phase.call.leave();
    }
  }

  /** Joins as before, with what was on then. */
  async rejoin(): Promise<void> {
    if (!this.#entry || this.#phase.value.kind !== 'ended') return;
    await this.#turnOnAgain();
    this.join(this.#entry);
  }

  /** Goes back to the lobby. */
  async backToStart(): Promise<void> {
    if (this.#phase.value.kind !== 'ended') return;
    this.#phase.value = { kind: 'lobby' };
    await this.#turnOnAgain();
  }

  #follow(call: Call): void {
    const stop = effect(() => {
      const state = call.state.value;
      untracked(() => this.#onState(call, state));
      if (state.status === 'closed') queueMicrotask(() => stop());
    });
  }

  #onState(call: Call, state: ClientState): void {
    if (state.status === 'open') this.#phase.value = { kind: 'call', call };
    else if (state.status === 'connecting') void this.#explain(call, state);
    else if (state.status === 'closed') this.#end(call, endingOf(state.reason, state.error));
  }

  /** Says why joining takes long; whose token isn't taken need not wait. */
  async #explain(call: Call, state: ClientState): Promise<void> {
    const { config, isHealthy } = this.#parts;
    const trouble = await troubleOf(state, config, isHealthy);
    const phase = this.#phase.value;
    if (!trouble || phase.kind !== 'joining' || phase.call !== call) return;
    // With a URL that gives tokens, the next one may be taken.
    if (trouble === 'expired' && this.#parts.token) {
      this.#end(call, expiredEnding);
      call.close();
    } else {
      this.#phase.value = { kind: 'joining', call, notice: troubleNotice(trouble) };
    }
  }

  #end(call: Call, ending: Ending): void {
    const phase = this.#phase.peek();
    if (!('call' in phase) || phase.call !== call) return;
    const { devices } = this.#parts;
    this.#wasOn = (['microphone', 'camera'] as const).filter(
      (kind) => devices[kind].state.peek().status === 'on',
    );
    devices.close();
    this.#phase.value = { kind: 'ended', ending };
  }

  async #turnOnAgain(): Promise<void> {
    const { devices } = this.#parts;
    await Promise.all(this.#wasOn.map((kind) => devices[kind].turnOn()));
    this.#wasOn = [];
  }
}
