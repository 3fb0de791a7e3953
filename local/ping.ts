import { admit } from '../lambda/shared/admit.ts';
import type { Backend } from '../lambda/shared/backend.ts';
import { replying } from '../lambda/shared/replying.ts';
import type { RateLimit } from '../src/meeting/ports.ts';

/**
 * `ping` on one machine. On AWS it is a mock integration, which asks no function and costs nothing; here it would be work
 * for whoever serves everybody else. So pings are held to a rate, but to one of their own: as on AWS, they take nothing
 * from that of messages.
 */
export const createPing = (backend: Backend, rateLimit: RateLimit) =>
  replying(backend, async (event) => {
    await admit(event, { ...backend, rateLimit });
    return { type: 'pong' };
  });
