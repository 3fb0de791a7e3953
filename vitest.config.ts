import { configDefaults, defineConfig } from 'vitest/config';
import { jsx } from './web/jsx.config.ts';

export default defineConfig({
  oxc: { jsx },
  test: {
    include: ['{src,lambda,local,test,bench}/**/*.test.ts', 'web/**/*.test.{ts,tsx}'],
    // These need Python (npm run test:aws) and Java (npm run test:lambda).
    exclude: [
      ...configDefaults.exclude,
      'test/aws/**',
      'test/access/**',
      'test/chaos/{meeting,functions,ghosts}.test.ts',
      'test/probe/**',
      'test/capacity/**',
      'test/large/**',
    ],
    reporters: ['default', './test/harness/closingLine.ts'],
    globalSetup: './test/harness/build.ts',
    testTimeout: 20_000,
  },
});
