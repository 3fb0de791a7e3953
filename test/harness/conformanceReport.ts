import { readFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

type Rule = { readonly id: string; readonly basis: string; readonly deployed: string };

/**
 * Ends a run against a deployed stage: which rules don't hold there and how we came by them, which weren't checked and
 * why, which no such run can check, and the line for machines.
 */
export default class ConformanceReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    const [passed, failed, skipped] = [inState('passed'), inState('failed'), inState('skipped')];
    const rules = readRules();

    section(
      'Rules that do not hold, and their basis',
      idsOf(failed).map((id) => `${id}: ${rules.find((rule) => rule.id === id)?.basis}`),
    );
    section(
      'Not checked this time',
      [...reasons(skipped)].map(([reason, ids]) => `${[...ids].join(' ')}: ${reason}`),
    );
    section(
      'Checked on our own gateway only',
      rules
        .filter(({ deployed }) => deployed.startsWith('no: '))
        .map(({ id, deployed }) => `${id}: ${deployed.slice(4)}`),
    );
    const holding = idsOf(passed).filter((id) => !idsOf(failed).includes(id));
    section('Rules that hold as far as checked', holding.length > 0 ? [holding.join(' ')] : []);
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length;
    process.stdout.write(
      `\n${passed.length} passed, ${failed.length + broken} failed, ${skipped.length} skipped\n`,
    );
  }
}

function section(title: string, lines: readonly string[]): void {
  process.stdout.write(
    `\n${title}:\n${(lines.length > 0 ? lines : ['none']).map((line) => `  ${line}\n`).join('')}`,
  );
}

function idsOf(tests: readonly TestCase[]): readonly string[] {
  const ids = tests.flatMap(({ name }) =>
    [...name.matchAll(/\[([A-Z]{2}\d+)\]/g)].map(([, id]) => String(id)),
  );
  return [...new Set(ids)].sort();
}

function reasons(skipped: readonly TestCase[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const test of skipped) {
    const result = test.result();
    const reason = (result.state === 'skipped' && result.note) || 'left out by the command line';
    const ids = found.get(reason) ?? new Set();
    for (const id of idsOf([test])) ids.add(id);
    found.set(reason, ids);
  }
  return found;
}

/** `| **GU4** | what holds | basis | no: the reason |` */
function readRules(): readonly Rule[] {
  const rows = readFileSync('docs/GATEWAY.md', 'utf8').matchAll(/^\| \*\*([A-Z]{2}\d+)\*\* \| (.*) \|$/gm);
  return [...rows].map(([, id = '', cells = '']) => {
    const [deployed = '', basis = ''] = cells.split(' | ').reverse();
    return { id, basis, deployed };
  });
}
