import type { Clock } from './clock.ts';
import { Timers } from './Timers.ts';
import { HEARTBEAT_MS, PONG_MS } from './timing.ts';

/** Keeps a connection from ending for idleness, and finds out when it is dead. Silent while other messages are sent. */
export type Heartbeat = {
  /** Something was sent, or may be sent from now on. */
  sent(): void;
  /** Something was received: whatever it is, the connection lives. */
  heard(): void;
  /** Asks whether the connection lives. */
  check(): void;
  stop(): void;
};

/** Makes the heartbeat of a connection; `onDead` is called when a ping got no answer. */
export function createHeartbeat(clock: Clock, ping: () => void, onDead: () => void): Heartbeat {
  const timers = new Timers<'beat' | 'pong'>(clock);
  const sent = () => timers.set('beat', HEARTBEAT_MS, check);
  const check = () => {
    if (timers.has('pong')) return;
    timers.set('pong', PONG_MS, onDead);
    ping();
    sent();
  };
  return { sent, check, heard: () => timers.stop('pong'), stop: () => timers.stopAll() };
}
