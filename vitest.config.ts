import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { jsx } from './web/jsx.config.ts';

const browserTests = 'test/e2e/browser/**/*.test.ts';

export default defineConfig({
  oxc: { jsx },
  test: {
    reporters: ['default', './test/harness/closingLine.ts'],
    globalSetup: './test/harness/build.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['{src,lambda,local,test,bench}/**/*.test.ts', 'web/**/*.test.{ts,tsx}'],
          // These need Python (npm run test:aws), Java (npm run test:lambda), and the machine for themselves.
          exclude: [
            ...configDefaults.exclude,
            'test/aws/**',
            'test/access/**',
            'test/chaos/{meeting,functions,ghosts,deliver}.test.ts',
            'test/screenshots/**',
            'test/probe/**',
            'test/capacity/**',
            'test/large/**',
            browserTests,
          ],
          testTimeout: 20_000,
          // Vitest would leave a core alone, also of two: half of what continuous integration has.
          maxWorkers: Math.max(2, availableParallelism() - 1),
        },
      },
      // After all others, one at a time: whoever decodes video is busy. npm run test:e2e runs them alone.
      {
        extends: true,
        test: {
          name: 'browser',
          include: [browserTests],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
