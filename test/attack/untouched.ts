import { expect } from 'vitest';
import type { TestClient } from '../harness/TestClient.ts';

/**
 * Sees that a client is still a member and has got nothing. To be called when what might have reached it has been
 * answered: it was sent before the answer.
 */
export async function expectUntouched(...clients: readonly TestClient[]): Promise<void> {
  for (const client of clients) {
    expect(await client.replyTo({ action: 'history', limit: 1 })).toMatchObject({ type: 'history' });
    expect(client.unread).toEqual([]);
  }
}
