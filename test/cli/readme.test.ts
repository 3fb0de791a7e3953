import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { CliProcess } from '../harness/runCli.ts';
import { startTestServer } from '../harness/server.ts';

const prefix = 'npm run -s cli -- ';
const [, section = ''] = readFileSync('README.md', 'utf8').split('\n## From the command line\n');
const [, block = ''] = section.split('```');
const shown = block.split('\n').filter((line) => line.startsWith(prefix));

it("the README's own commands do what it says, in its order", async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'cloudmeetx-readme-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true, force: true }));
  const server = await startTestServer({ DATA_DIR });
  const { client: bob } = await server.join('bob');
  const env = { DATA_DIR, PORT: new URL(server.webSocketUrl).port };
  const lines = shown.map((line) => line.slice(prefix.length).match(/'[^']*'|\S+/g) ?? []);
  const start = (argv: readonly string[]) =>
    new CliProcess(
      argv.map((part) => part.replaceAll("'", '')),
      env,
    );
  expect(lines.map(([command]) => command)).toEqual([
    'meetings',
    'participants',
    'send',
    'tail',
    'remove',
    'load',
  ]);
  const [meetings = [], participants = [], send = [], tail = [], remove = [], load = []] = lines;
  const outputOf = async (argv: readonly string[]) => {
    const { code, stdout, stderr } = await start(argv).result();
    expect([code, argv[0] === 'load' ? '' : stderr]).toEqual([0, '']);
    return stdout;
  };
  expect(await outputOf(meetings)).toMatch(/^standup +1 +1 +no +1$/m);
  expect(await outputOf(participants)).toMatch(/^bob +Bob +host /m);
  expect(await outputOf(send)).toBe('Sent to 1 connection, line 2 of the log.\n');
  const following = start(tail);
  await following.wrote('Command line: Lunch is ready');
  expect(await outputOf(remove)).toBe('"bob" is out of "standup": 1 connection ended.\n');
  await bob.closed;
  await following.wrote('* Bob (bob) was removed');
  following.signal('SIGINT');
  expect((await following.result()).code).toBe(0);
  // As shown, but for a second alone.
  expect(await outputOf(load.map((part, index) => (load[index - 1] === '--seconds' ? '1' : part)))).toContain(
    'Nothing was lost.',
  );
});
