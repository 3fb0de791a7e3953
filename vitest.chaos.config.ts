import { defineConfig } from 'vitest/config';

// The chaos test in its full size; npm test runs a short one.
export default defineConfig({
  test: {
    include: ['test/chaos/chaos.test.ts'],
    env: { CHAOS: 'full' },
    reporters: ['default', './test/harness/closingLine.ts'],
  },
});
