import { defineConfig } from 'vitest/config';

// The deployment documents, executed against moto with the AWS CLI; scripts/install-test-components.sh installs both.
export default defineConfig({
  test: {
    include: ['test/aws/*.test.ts'],
    reporters: ['default', './test/harness/closingLine.ts'],
    testTimeout: 300_000,
    // Each builds the functions, as the document says.
    fileParallelism: false,
  },
});
