// The client's own tests, of its bundle: what is renamed in there shows nowhere else.
import { describe, expect, it, vi } from 'vitest';

vi.mock('../../src/client/index.ts', () => import('../../dist/client/index.js' as string));
vi.mock('../../src/client/MeetingError.ts', () => import('../../dist/client/index.js' as string));

describe('the bundle', async () => {
  const { createMeetingClient } = await import('../../src/client/index.ts');
  it('is what these tests are of', () => {
    expect(String(createMeetingClient)).not.toContain('\n');
  });
  for (const of of ['connecting', 'receiving', 'renewal', 'requests', 'states', 'storms']) {
    await import(`../../src/client/${of}.test.ts`);
  }
});
