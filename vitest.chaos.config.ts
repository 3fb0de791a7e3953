import { defineConfig } from 'vitest/config';

// The chaos test in its full size, of which npm test runs a short one, and a meeting as large as they come.
export default defineConfig({
  test: {
    include: ['test/chaos/chaos.test.ts', 'test/large/*.test.ts'],
    // Each wants the machine for itself.
    fileParallelism: false,
    env: { CHAOS: 'full' },
    globalSetup: './test/harness/build.ts',
    reporters: ['default', './test/harness/closingLine.ts'],
  },
});
