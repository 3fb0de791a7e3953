// Fails when a numbered rule has no test, when a test cites a rule that isn't there, or when a test in a folder that
// proves rules cites none; and when a rule of GATEWAY.md doesn't say how it is known, or says otherwise than the tests
// whether it is checked on a deployed stage. Rules stand in the documents as "| **CN1** |" and in the ports as "[MT1]"; a test cites
// them at the start of its name: it('[CN1] …').
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const root = process.argv[2] ?? '.';
const sources = [
  'docs/PROTOCOL.md',
  'docs/GATEWAY.md',
  'docs/client.md',
  'docs/peers.md',
  'src/meeting/ports.ts',
];
const proving = /^test\/(protocol|conformance|contracts|chaos|attack|client|peers)\//;

const rules = new Map(sources.flatMap(rulesOf));
const tests = ['src', 'lambda', 'local', 'web', 'test'].flatMap(filesBelow).flatMap(testsOf);
const cited = new Set(tests.flatMap(({ ids }) => ids));

const problems = [
  ...[...rules].filter(([id]) => !cited.has(id)).map(([id, source]) => `${source}: rule ${id} has no test`),
  ...tests.flatMap(({ file, name, ids }) =>
    ids.filter((id) => !rules.has(id)).map((id) => `${file}: "${name}" cites ${id}, which is no rule`),
  ),
  ...tests
    .filter(({ file, ids }) => proving.test(file) && ids.length === 0)
    .map(({ file, name }) => `${file}: "${name}" cites no rule`),
  ...unfoundedRules(),
  ...idleContracts().map((file) => `${file}: no test runs this contract`),
];

for (const problem of problems) console.error(problem);
console.log(`${rules.size} rules, ${tests.length} tests, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function rulesOf(source) {
  const text = readFileSync(`${root}/${source}`, 'utf8');
  const pattern = source.endsWith('.md') ? /^\| \*\*([A-Z]{2}\d+)\*\* \|/gm : /\[([A-Z]{2}\d+)\]/g;
  return [...text.matchAll(pattern)].map(([, id]) => [id, source]);
}

/** Rows of GATEWAY.md end with a basis, and with what checking the rule on a deployed stage takes, or why it can't be. */
function unfoundedRules() {
  const onStages = new Set(
    tests.filter(({ file }) => file.startsWith('test/conformance/stage/')).flatMap(({ ids }) => ids),
  );
  const file = 'docs/GATEWAY.md';
  const rows = readFileSync(`${root}/${file}`, 'utf8').matchAll(/^\| \*\*([A-Z]{2}\d+)\*\* \| (.*) \|$/gm);
  return [...rows].flatMap(([, id, cells]) => {
    const [deployed = '', basis = ''] = cells.split(' | ').reverse();
    const isChecked = /^(stage|probe)(, (probe|keys))*$/.test(deployed);
    return [
      /^(documented: `|documented: model|observed: O\d|assumed|ours)/.test(basis)
        ? []
        : [`${file}: rule ${id} doesn't say how it is known`],
      isChecked || /^no: ./.test(deployed)
        ? []
        : [`${file}: rule ${id} doesn't say what checking it on a deployed stage takes`],
      isChecked === onStages.has(id)
        ? []
        : [`${file}: rule ${id} is ${isChecked ? 'not ' : ''}checked by a test in test/conformance/stage`],
    ].flat();
  });
}

function filesBelow(folder) {
  if (!existsSync(`${root}/${folder}`)) return [];
  return readdirSync(`${root}/${folder}`, { recursive: true })
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.tsx?$/.test(file));
}

function testsOf(file) {
  const text = withoutComments(readFileSync(`${root}/${file}`, 'utf8'));
  return [...text.matchAll(/\bit(?:\.(?:each|for|skipIf)\([\s\S]*?\))?\(\s*(['"`])(.*?)\1/g)].map(
    ([, , name]) => ({
      file,
      name,
      ids: [...(/^(\[[A-Z]{2}\d+\])+/.exec(name)?.[0] ?? '').matchAll(/\[([A-Z]{2}\d+)\]/g)].map(
        ([, id]) => id,
      ),
    }),
  );
}

/** A test that is commented out proves nothing. */
function withoutComments(text) {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '');
}

/** Contracts that no test file runs prove nothing, either. Those in folders are parts of the others. */
function idleContracts() {
  const contracts = filesBelow('test').filter((file) => /^test\/contracts\/[^/]+$/.test(file));
  const runners = ['src', 'lambda', 'local', 'test']
    .flatMap(filesBelow)
    .filter((file) => file.endsWith('.test.ts'));
  const imported = runners.map((file) => withoutComments(readFileSync(`${root}/${file}`, 'utf8'))).join('\n');
  return contracts.filter((file) => !imported.includes(`${file.slice('test/'.length)}'`));
}
