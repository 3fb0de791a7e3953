import { defineConfig } from 'vitest/config';

// The deployment documents, executed against moto with the AWS CLI; scripts/install-test-components.sh installs both.
export default defineConfig({
  test: {
    include: ['test/aws/*.test.ts'],
    reporters: ['default', './test/harness/closingLine.ts'],
    // Dozens of commands, each a process that takes a second to come up, or several on a busy machine.
    testTimeout: 1_200_000,
    hookTimeout: 300_000,
    // Each has an account and a copy of the repository of its own, and mostly waits for one command after the other.
    maxWorkers: 2,
  },
});
