import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with why tests were skipped, and a line for machines: "12 passed, 0 failed, 1 skipped". */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        count[result.state]++;
        if (result.state === 'skipped')
          process.stdout.write(`\nskipped: ${[test.name, result.note].filter(Boolean).join(': ')}\n`);
      }
    }
    const brokenModules = modules.filter((module) => module.errors().length > 0).length;
    const failed = count.failed + count.pending + brokenModules + unhandledErrors.length;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    process.stdout.write(`\n${count.passed} passed, ${failed} failed${skipped}\n`);
  }
}
