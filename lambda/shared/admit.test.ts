import { describe, expect, it } from 'vitest';
import { awsMessageEvent } from '../../test/harness/awsEvents.ts';
import { testBackend } from '../../test/harness/backend.ts';
import { admit } from './admit.ts';

const event = awsMessageEvent('no JSON');
const connectionId = event.requestContext.connectionId;

function start(take: () => Promise<{ outcome: 'granted' } | { outcome: 'refused'; retryAfterMs: number }>) {
  const { backend, connections, logged } = testBackend({ rateLimit: { take } });
  const codes = async (times: number) => {
    const caught: unknown[] = [];
    for (let n = 0; n < times; n++) await admit(event, backend).catch((error) => caught.push(error));
    return caught;
  };
  return { codes, connections, logged };
}

describe('admitting a message', () => {
  it('[LM3] refuses what is over the rate, and says how long to wait', async () => {
    const { codes, connections } = start(async () => ({ outcome: 'refused', retryAfterMs: 20 }));
    expect(await codes(1)).toMatchObject([{ code: 'rate_limited', retryAfterMs: 20 }]);
    expect(connections.calls).toEqual([]);
  });

  it('[LM6] says bye and disconnects with the 200th refusal, once', async () => {
    const { codes, connections, logged } = start(async () => ({ outcome: 'refused', retryAfterMs: 20 }));
    expect(await codes(399)).toHaveLength(399);
    const bye =
      '{"type":"bye","code":"flooding","message":"Too many messages were sent after being told to wait."}';
    expect(connections.calls).toEqual([`send ${connectionId} ${bye}`, `disconnect ${connectionId}`]);
    expect(logged).toEqual([expect.objectContaining({ level: 'warn', event: 'flooding', connectionId })]);
  });

  it('[LM6] parts with nobody who is granted what they send', async () => {
    const { codes, connections } = start(async () => ({ outcome: 'granted' }));
    expect(await codes(1000)).toEqual([]);
    expect(connections.calls).toEqual([]);
  });

  it('[LM6] takes no failure of the store for a flood', async () => {
    const { codes, connections } = start(() => Promise.reject(new Error('down')));
    expect(await codes(1000)).toHaveLength(1000);
    expect(connections.calls).toEqual([]);
  });
});
