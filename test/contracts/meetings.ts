import { describe } from 'vitest';
import { connectingContract } from './meetings/connecting.ts';
import { hostingContract } from './meetings/hosting.ts';
import { joiningContract } from './meetings/joining.ts';
import { leavingContract } from './meetings/leaving.ts';
import { logContract } from './meetings/log.ts';
import { recipientsContract } from './meetings/recipients.ts';
import { requestsContract } from './meetings/requests.ts';
import { rosterContract } from './meetings/roster.ts';
import { type CreateMeetings, starting } from './meetings/start.ts';

/** Proves that an implementation keeps what the Meetings port promises. */
export function meetingsContract(name: string, create: CreateMeetings): void {
  describe(`Meetings contract: ${name}`, () => {
    const start = starting(create);
    connectingContract(start);
    joiningContract(start);
    leavingContract(start);
    hostingContract(start);
    recipientsContract(start);
    logContract(start);
    requestsContract(start);
    rosterContract(start);
  });
}
