import { defineConfig } from 'vitest/config';

// No tests: npm run screenshots takes pictures of every screen of the page, to be looked at, into dist/screenshots.
export default defineConfig({
  test: {
    include: ['test/screenshots/*.test.ts'],
    reporters: ['default', './test/harness/closingLine.ts'],
    globalSetup: './test/harness/build.ts',
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
