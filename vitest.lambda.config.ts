import { defineConfig } from 'vitest/config';

// The protocol's tests again, with the built functions in the place of the handlers, and a DynamoDB.
export default defineConfig({
  test: {
    include: ['test/protocol/*.test.ts', 'test/e2e/readme.test.ts', 'test/probe/*.test.ts'],
    env: { TARGET: 'lambda' },
    reporters: ['default', './test/harness/closingLine.ts'],
    globalSetup: './test/harness/buildAndDynamodb.ts',
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
