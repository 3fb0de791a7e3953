import { defineConfig } from 'vitest/config';

const lambda = { env: { TARGET: 'lambda' }, testTimeout: 60_000, maxWorkers: 2 };

// The protocol's tests again, with the built functions in the place of the handlers, and a DynamoDB.
export default defineConfig({
  test: {
    reporters: ['default', './test/harness/closingLine.ts'],
    globalSetup: './test/harness/buildAndDynamodb.ts',
    projects: [
      {
        test: {
          ...lambda,
          name: 'calm',
          include: [
            'test/{protocol,attack,probe,capacity}/*.test.ts',
            'test/client/{meeting,renewal}.test.ts',
            'test/chaos/deliver.test.ts',
            'test/e2e/readme.test.ts',
          ],
        },
      },
      {
        test: {
          ...lambda,
          name: 'chaos',
          include: [
            'test/protocol/*.test.ts',
            'test/client/meeting.test.ts',
            'test/chaos/{meeting,functions,ghosts}.test.ts',
          ],
          // What a frame may hold, no trouble changes; and where lines are counted, none may be given up.
          exclude: ['test/protocol/{messages,requests,log}.test.ts'],
          env: { ...lambda.env, CONDITIONS: 'chaos' },
        },
      },
      // After all others: what the functions may do, by what they have called.
      {
        test: { ...lambda, name: 'access', include: ['test/access/*.test.ts'], sequence: { groupOrder: 1 } },
      },
    ],
  },
});
