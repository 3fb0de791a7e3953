import { defineConfig } from 'vitest/config';

// The conformance of a stage that is deployed: docs/GATEWAY.md, "On a deployed stage".
export default defineConfig({
  test: {
    include: ['test/conformance/stage/*.test.ts'],
    env: { TARGET: 'deployed' },
    reporters: ['default', './test/harness/conformanceReport.ts'],
    globalSetup: './test/harness/requireStage.ts',
    // A function's first invocation takes its time.
    testTimeout: 30_000,
    // Files share nothing but what they import, which takes longer than most of them.
    isolate: false,
    // The account's throttle is shared with whoever uses it.
    fileParallelism: false,
  },
});
