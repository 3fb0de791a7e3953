/** Files by their names below `test/`, without `.test.ts`, such as `attack/edge`. */
export type TestFiles = Readonly<Record<string, string>>;

/** An attack that a test tries, or that a row says one does. */
type Attack = { readonly file: string; readonly title: string; readonly rules: string };

/**
 * What is wrong between the tables of SECURITY.md and the tests: rows without a test of that name and those rules, tests
 * of attacks without a row, and what is named twice.
 */
export function problemsOf(document: string, files: TestFiles): readonly string[] {
  const rows = attacksInTables(document);
  const tests = Object.entries(files).flatMap(attacksInFile);
  const attacks = tests.filter(({ file }) => file.startsWith('attack/'));
  return [
    ...rows.filter((row) => !tests.some(isThe(row))).map((row) => `no such test: ${show(row)}`),
    ...attacks.filter((test) => !rows.some(isThe(test))).map((test) => `no row: ${show(test)}`),
    ...repeated(rows).map((row) => `two rows: ${show(row)}`),
    ...repeated(attacks).map((test) => `two tests: ${show(test)}`),
    ...malformed(document).map((line) => `no attack, rules and test: ${line}`),
  ];
}

const row = /^\| (.+) \| ([A-Z]{2}\d+(?:, [A-Z]{2}\d+)*) \| `([^`]+)` \|$/;

function attacksInTables(document: string): readonly Attack[] {
  return linesOfAttacks(document).flatMap((line) => {
    const [, title, rules, file] = row.exec(line) ?? [];
    return title && rules && file ? [{ file, title, rules }] : [];
  });
}

const malformed = (document: string): readonly string[] =>
  linesOfAttacks(document).filter((line) => !row.test(line));

/** The tables' lines below the heading of the attacks, without their heads. */
function linesOfAttacks(document: string): readonly string[] {
  const [, attacks = ''] = document.split('\n## The attacks');
  return attacks.split('\n').filter((line) => line.startsWith('|') && !/^\|(---| What is tried)/.test(line));
}

/** A test that is commented out tries nothing. */
function attacksInFile([file, text]: readonly [string, string]): readonly Attack[] {
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '');
  const named = code.matchAll(/\bit(?:\.(?:each|for)\([\s\S]*?\))?\(\s*(['"`])(.*?)\1/g);
  return [...named].map(([, , name = '']) => {
    const [, ids = '', title = ''] = /^((?:\[[A-Z]{2}\d+\])*) ?(.*)$/.exec(name) ?? [];
    return { file, title, rules: [...ids.matchAll(/\w+/g)].join(', ') };
  });
}

const isThe = (one: Attack) => (other: Attack) => show(one) === show(other);

const repeated = (attacks: readonly Attack[]): readonly Attack[] =>
  attacks.filter((attack, index) => attacks.findIndex(isThe(attack)) < index);

const show = ({ file, title, rules }: Attack): string => `${file}: [${rules}] ${title}`;
