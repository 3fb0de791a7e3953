import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { problemsOf, type TestFiles } from './threats.ts';

// Put together here, so that the check doesn't take these for tests of the project.
const test = (name: string): string => ['i', `t('${name}', async () => {});\n`].join('');
const table = (...rows: string[]): string =>
  ['\n## The attacks\n', '| What is tried | Rules | Test |', '|---|---|---|', ...rows, '', 'More.'].join(
    '\n',
  );

const document = table(
  '| a forged sender | MS1, MS7 | `attack/forgery` |',
  '| a slow one | LM7 | `protocol/slow` |',
);
const files: TestFiles = {
  'attack/forgery': test('[MS1][MS7] a forged sender'),
  'protocol/slow': test('[LM7] a slow one') + test('[LM7] another'),
};

describe('the tables of SECURITY.md', () => {
  it('name each attack with its rules and its test, and each test of an attack', () => {
    const here = Object.fromEntries(
      readdirSync('test', { recursive: true })
        .map((file) => String(file).replaceAll('\\', '/'))
        .filter((file) => file.endsWith('.test.ts'))
        .map((file) => [file.slice(0, -'.test.ts'.length), readFileSync(`test/${file}`, 'utf8')]),
    );
    expect(Object.keys(here)).toContain('attack/forgery');
    expect(problemsOf(readFileSync('SECURITY.md', 'utf8'), here)).toEqual([]);
  });

  it('are right when rows and tests are the same', () => {
    expect(problemsOf(document, files)).toEqual([]);
  });

  it.each([
    ['a test of another name', { 'attack/forgery': test('[MS1][MS7] a forged time') }],
    ['a test of other rules', { 'attack/forgery': test('[MS1] a forged sender') }],
    ['a test that is commented out', { 'attack/forgery': `// ${test('[MS1][MS7] a forged sender')}` }],
    ['a test in another file', { 'attack/forgery': '', 'attack/names': test('[MS1][MS7] a forged sender') }],
  ])('fail on %s', (_what, changed) => {
    expect(problemsOf(document, { ...files, ...changed })).toContain(
      'no such test: attack/forgery: [MS1, MS7] a forged sender',
    );
  });

  it('fail on an attack that no row names', () => {
    const more = { ...files, 'attack/names': test('[CN2] a control character') };
    expect(problemsOf(document, more)).toEqual(['no row: attack/names: [CN2] a control character']);
  });

  it('fail on what is named twice, as a row and as a test', () => {
    const [sender = ''] = document.split('\n').filter((line) => line.includes('forged'));
    expect(problemsOf(document.replace(sender, `${sender}\n${sender}`), files)).toEqual([
      'two rows: attack/forgery: [MS1, MS7] a forged sender',
    ]);
    const twice = { ...files, 'attack/forgery': test('[MS1][MS7] a forged sender').repeat(2) };
    expect(problemsOf(document, twice)).toEqual(['two tests: attack/forgery: [MS1, MS7] a forged sender']);
  });

  it.each(['| a threat without a rule |  | `protocol/slow` |', '| a threat without a test | LM7 | |'])(
    'fail on %s',
    (line) => {
      expect(problemsOf(`${table(line)}`, {})).toEqual([`no attack, rules and test: ${line}`]);
    },
  );
});
