import { defineConfig } from 'vitest/config';

// Loading the CDK takes seconds on a small machine.
export default defineConfig({ test: { include: ['*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } });
