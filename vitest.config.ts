import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,lambda,local,test}/**/*.test.ts'],
    reporters: ['default', './test/harness/closingLine.ts'],
    globalSetup: './test/harness/build.ts',
    testTimeout: 20_000,
  },
});
