import type { Clock } from './clock.ts';
import { Timers } from './Timers.ts';
import { HEARTBEAT_MS, PONG_MS } from './timing.ts';

/** What a heartbeat needs of its connection. */
export type HeartbeatPorts = {
  readonly clock: Clock;
  readonly ping: () => void;
  /** Called when a ping got no answer. */
  readonly onDead: () => void;
};

/** Keeps a connection from ending for idleness, and finds out when it is dead. Silent while other messages are sent. */
export class Heartbeat {
  readonly #ports: HeartbeatPorts;
  readonly #timers: Timers<'beat' | 'pong'>;

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports;
    this.#timers = new Timers(ports.clock);
  }

  /** Something was sent, or may be sent from now on. */
  sent(): void {
    this.#timers.set('beat', HEARTBEAT_MS, () => this.check());
  }

  /** Something was received: whatever it is, the connection lives. */
  heard(): void {
    this.#timers.stop('pong');
  }

  /** Asks whether the connection lives. */
  check(): void {
    if (this.#timers.has('pong')) return;
    this.#timers.set('pong', PONG_MS, this.#ports.onDead);
    this.#ports.ping();
    this.sent();
  }

  stop(): void {
    this.#timers.stopAll();
  }
}
