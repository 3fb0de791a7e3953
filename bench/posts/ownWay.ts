import { ApiGatewaySender } from '../../src/aws/ApiGatewaySender.ts';
import { ManagementApi } from '../../src/aws/ManagementApi.ts';
import type { ConnectionId } from '../../src/protocol/ids.ts';
import { packageSigner } from './signatures.ts';
import type { Target } from './target.ts';
import type { Way } from './ways.ts';

/** The functions' own way, made as `src/aws/connectAws.ts` makes it. */
export function ownWay({ url, region, concurrency }: Target): Way {
  const signer = packageSigner(region);
  const api = new ManagementApi({ callbackUrl: url, signer, maxSockets: concurrency, timeoutMs: 3000 });
  const sender = new ApiGatewaySender({
    api: () => api,
    remainingMs: () => 29_000,
    concurrency,
    report: (error) => console.error(error),
    sleep: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
    random: Math.random,
  });
  return async (connectionIds, payload) => {
    const outcomes = await sender.send(connectionIds as readonly ConnectionId[], payload);
    return outcomes.filter((outcome) => outcome !== 'sent').length;
  };
}
