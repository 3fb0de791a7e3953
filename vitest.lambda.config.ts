import { defineConfig } from 'vitest/config';

// The protocol's tests again, with the built functions in the place of the handlers, and a DynamoDB.
export default defineConfig({
  test: {
    include: ['test/{protocol,e2e}/*.test.ts'],
    exclude: ['test/e2e/start.test.ts'],
    env: { TARGET: 'lambda' },
    reporters: ['default', './test/harness/closingLine.ts'],
    globalSetup: './test/harness/buildAndDynamodb.ts',
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
