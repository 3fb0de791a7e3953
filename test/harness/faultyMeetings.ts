import type { Meetings } from '../../src/meeting/ports.ts';

/** What becomes of a call before it reaches the store, by the name of its method. */
export type Fault = (method: string) => Promise<void>;

/** A store each of whose calls meets a fault first: one that waits, rejects, or does nothing. */
export function faultyMeetings(meetings: Meetings, fault: Fault): Meetings {
  return new Proxy(meetings, {
    get(target, name) {
      const method = Reflect.get(target, name, target);
      // The sweep's iteration isn't a call that a message waits for.
      if (typeof method !== 'function' || name === 'connectedBefore') return method?.bind?.(target) ?? method;
      return async (...args: unknown[]) => {
        await fault(String(name));
        return method.apply(target, args);
      };
    },
  });
}
