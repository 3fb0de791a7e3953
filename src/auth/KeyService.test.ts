import { describe, expect, it } from 'vitest';
import { KeyService, KeysUnavailable } from './KeyService.ts';

/** A service whose answers come in this order; an Error is a connection that broke. */
function start(...answers: (Error | Response)[]) {
  const asked: string[] = [];
  const service = new KeyService({
    now: () => 0,
    fetch: async (address) => {
      asked.push(String(address));
      const answer = answers.shift();
      if (answer instanceof Response) return answer;
      throw answer ?? new Error('nobody expected that');
    },
  });
  return { asked, read: () => service.read('https://issuer.example/keys') };
}

describe('a key service', () => {
  it('is asked once more when the connection broke', async () => {
    const { asked, read } = start(new TypeError('fetch failed'), new Response('{"keys":[]}'));
    expect(await read()).toBe('{"keys":[]}');
    expect(asked).toHaveLength(2);
  });

  it.each([
    [1, new Response('{}', { status: 500 })],
    [1, new Response('{}', { status: 302, headers: { location: 'https://elsewhere.example' } })],
    [1, new Response('<html>')],
    [1, new DOMException('took too long', 'TimeoutError')],
    [2, new TypeError('fetch failed')],
  ])('is asked %d times, and then left in peace, when it answers %o', async (times, answer) => {
    const { asked, read } = start(answer, new TypeError('fetch failed again'));
    for (let count = 0; count < 3; count++) await expect(read()).rejects.toThrow(KeysUnavailable);
    expect(asked).toHaveLength(times);
  });
});
