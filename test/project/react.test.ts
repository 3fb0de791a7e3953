import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

/** What a page pays for the hooks, in bytes of `gzip -9`, beside the client and React. */
const BUDGET_BYTES = 2000;

const bundle = readFileSync('dist/react/index.js', 'utf8');

describe('the bundle of the hooks', () => {
  it('stays within its budget', () => {
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it('has nothing of the client or of React inside, of which a page has one', () => {
    const inputs = JSON.parse(readFileSync('dist/.inputs/react-index.js.json', 'utf8')) as Record<
      string,
      number
    >;
    const bundled = Object.keys(inputs).filter((input) => (inputs[input] ?? 0) > 0);
    expect(bundled.filter((input) => !input.startsWith('src/client/react/'))).toEqual([]);
    const imported = [...bundle.matchAll(/\bfrom"([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(imported)).toEqual(new Set(['react', 'cloudmeetx/client']));
  });

  it('is what `cloudmeetx/react` is', async () => {
    const hooks = await import(import.meta.resolve('cloudmeetx/react'));
    expect(Object.keys(hooks).toSorted()).toEqual([
      'useChat',
      'useClientState',
      'useMeetingClient',
      'useParticipants',
      'usePeers',
    ]);
  });
});
