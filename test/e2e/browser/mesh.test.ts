import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useBrowser } from '../../browser/chromium.ts';
import { expectCalls, expectFlowing } from '../../browser/flowing.ts';
import { openMesh } from '../../browser/openMesh.ts';
import { RestartableServer } from '../../browser/RestartableServer.ts';
import { readCalls } from '../../browser/watchPeerConnections.ts';

describe('three in a meeting', () => {
  const browser = useBrowser();

  it('see and hear each other, also while the server is killed and started again, until one closes the tab', async () => {
    const server = await RestartableServer.start();
    const join = async (userId: string) => {
      const where = { url: server.webSocketUrl, meetingId: 'standup', userId };
      return (await openMesh(browser(), where)).page;
    };
    const [alice, bob, carol] = [await join('alice'), await join('bob'), await join('carol')];
    const pages = [alice, bob, carol];
    await expectFlowing(pages);

    const before = await Promise.all(pages.map(idsOfCalls));
    await server.kill();
    for (const page of pages) await expectState(page, 'reconnecting');
    await expectFlowing(pages);
    await server.restart();
    for (const page of pages) await expectState(page, 'open');
    await expectFlowing(pages);
    expect(await Promise.all(pages.map(idsOfCalls))).toEqual(before);

    await carol.close();
    for (const page of [alice, bob]) await expectCalls(page, 1);
    await expectFlowing([alice, bob]);
  });
});

const idsOfCalls = async (page: Page): Promise<readonly number[]> =>
  (await readCalls(page)).map(({ id }) => id);

async function expectState(page: Page, status: string): Promise<void> {
  const read = () => page.evaluate(() => window.mesh.client.state.status);
  await expect.poll(read, { timeout: 90_000 }).toBe(status);
}
