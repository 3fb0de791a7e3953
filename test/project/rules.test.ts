import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const folders = ['docs', 'src/meeting', 'test/protocol', 'test/contracts', 'test/conformance/stage'];
const rule = (id: string): string => `| **${id}** | What holds. |\n`;
// Put together here, so that the check doesn't take these for tests of the project.
const test = (name: string): string => ['i', `t('${name}', () => {});\n`].join('');

describe('the rules check', () => {
  it('passes when each rule has its test and each test its rule', () => {
    expect(check({ rules: ['CN1', 'CN2'], tests: ['[CN1] says so', '[CN1][CN2] says both'] })).toMatchObject({
      status: 0,
    });
  });

  it('fails on a rule without a test', () => {
    const { status, output } = check({ rules: ['CN1', 'CN2'], tests: ['[CN1] says so'] });
    expect(status).toBe(1);
    expect(output).toContain('docs/PROTOCOL.md: rule CN2 has no test');
  });

  it('fails on a protocol test that cites no rule', () => {
    const { status, output } = check({ rules: ['CN1'], tests: ['[CN1] says so', 'says nothing'] });
    expect(status).toBe(1);
    expect(output).toContain('test/protocol/a.test.ts: "says nothing" cites no rule');
  });

  it('takes no comment for a test, and no contract that nothing runs', () => {
    const { status, output } = check({
      rules: ['CN1'],
      tests: [],
      extra: {
        'test/protocol/b.test.ts': `// ${test('[CN1] says so')}`,
        'test/contracts/a.ts': test('[CN1] says so'),
      },
    });
    expect(status).toBe(1);
    expect(output).toContain('test/contracts/a.ts: no test runs this contract');
  });

  it('fails on a test that cites a rule that is not there', () => {
    const { status, output } = check({ rules: ['CN1'], tests: ['[CN1][CN9] says so'] });
    expect(status).toBe(1);
    expect(output).toContain('cites CN9, which is no rule');
  });
});

const gatewayRule = (id: string, cells: string): string => `| **${id}** | What holds. | ${cells} |\n`;

describe('the check of the rules about the gateway', () => {
  const files = (cells: string, onStages = true) => ({
    'docs/GATEWAY.md': gatewayRule('GU1', cells),
    'test/conformance/a.test.ts': test('[GU1] says so'),
    ...(onStages && { 'test/conformance/stage/a.test.ts': test('[GU1] says so there') }),
  });

  it.each(['documented: `page` | stage', 'observed: O1, O2 | probe, keys', 'assumed | stage, keys'])(
    'takes %s for a rule that a deployed stage is tested by',
    (cells) => {
      expect(check({ rules: [], tests: [], extra: files(cells) })).toMatchObject({ status: 0 });
    },
  );

  it('takes a reason for a rule that it is not', () => {
    expect(check({ rules: [], tests: [], extra: files('ours | no: ours', false) })).toMatchObject({
      status: 0,
    });
  });

  it.each([
    ['documented | stage', true, "doesn't say how it is known"],
    ['observed somewhere | stage', true, "doesn't say how it is known"],
    ['ours | ', true, "doesn't say what checking it on a deployed stage takes"],
    ['ours | no: ', false, "doesn't say what checking it on a deployed stage takes"],
    ['assumed | stage', false, 'is not checked by a test in test/conformance/stage'],
    ['assumed | no: a reason', true, 'is checked by a test in test/conformance/stage'],
  ])('fails on %s (with such a test: %s)', (cells, onStages, complaint) => {
    const { status, output } = check({ rules: [], tests: [], extra: files(cells, onStages) });
    expect(status).toBe(1);
    expect(output).toContain(`docs/GATEWAY.md: rule GU1 ${complaint}`);
  });
});

/** Runs the check over a project of these rules and protocol tests alone. */
function check(project: {
  rules: readonly string[];
  tests: readonly string[];
  extra?: Readonly<Record<string, string>>;
}): {
  status: number | null;
  output: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of folders) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'docs/PROTOCOL.md'), project.rules.map(rule).join(''));
  writeFileSync(join(folder, 'docs/GATEWAY.md'), '');
  writeFileSync(join(folder, 'docs/client.md'), '');
  writeFileSync(join(folder, 'docs/peers.md'), '');
  writeFileSync(join(folder, 'src/meeting/ports.ts'), '');
  writeFileSync(join(folder, 'test/protocol/a.test.ts'), project.tests.map(test).join(''));
  for (const [name, text] of Object.entries(project.extra ?? {})) writeFileSync(join(folder, name), text);
  cpSync('scripts/check-rules.mjs', join(folder, 'check-rules.mjs'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve(folder, 'check-rules.mjs'), folder],
    {
      encoding: 'utf8',
    },
  );
  return { status, output: stdout + stderr };
}
