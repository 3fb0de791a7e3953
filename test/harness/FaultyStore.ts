import type { Treatment } from './dynamodbProxy.ts';
import type { StoreState } from './server.ts';

/** How a DynamoDB fares that can be made to wait, or to fail: with words that no client may read. */
export class FaultyStore {
  state: StoreState = 'working';

  /** What becomes of the next request. */
  readonly treat = async (): Promise<Treatment> => {
    while (this.state === 'stalled') await new Promise(setImmediate);
    return this.state === 'failing' ? failure : { kind: 'pass' };
  };
}

const failure: Treatment = {
  kind: 'refuse',
  status: 500,
  error: { __type: 'InternalServerError', message: 'SECRET-TABLE is unreachable' },
};
