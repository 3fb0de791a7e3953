import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An `@connections` that takes every post, and counts them. */
export type SlowPosts = {
  readonly url: string;
  /** Since the last time. */
  count(): number;
  stop(): void;
};

/** Answers each post with 200 after so many milliseconds, however many come at once. */
export async function startSlowPosts(delayMs: number): Promise<SlowPosts> {
  let posts = 0;
  const server = createServer((request, response) => {
    posts++;
    request.resume();
    setTimeout(() => response.end(), delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/production`,
    count: () => {
      const counted = posts;
      posts = 0;
      return counted;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
