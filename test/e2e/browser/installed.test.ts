import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useBrowser } from '../../browser/chromium.ts';
import { openPage } from '../../browser/openMeetingPage.ts';
import { usePackedPackage } from '../../harness/installedApp.ts';
import { authorityOf, close, listen } from '../../harness/listening.ts';
import { startTestServer } from '../../harness/server.ts';

/** Serves a built page and its scripts, until the test is finished. */
async function serve(folder: string): Promise<string> {
  const server = await listen(
    createServer(({ url = '/' }, response) => {
      const isScript = url.endsWith('.js');
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(readFileSync(join(folder, isScript ? url : 'index.html')));
    }),
  );
  onTestFinished(() => close(server));
  return `http://${authorityOf(server)}/`;
}

describe('an app that has installed the package', { timeout: 120_000 }, () => {
  const browser = useBrowser();
  const packed = usePackedPackage();

  it('connects two people by client, peers and hooks, and lets them chat', async () => {
    const meeting = await startTestServer();
    const address = await serve(await packed.build(meeting.webSocketUrl));
    const enter = async (name: string) => {
      const { page } = await openPage(browser());
      await page.goto(`${address}#${name}`);
      return page;
    };
    const [alice, bob] = [await enter('Alice'), await enter('Bob')];
    const status = (page: typeof alice) => () => page.locator('p').textContent();
    await expect.poll(status(alice), { timeout: 60_000 }).toBe('open Alice Bob bob connected');
    await expect.poll(status(bob), { timeout: 60_000 }).toBe('open Alice Bob alice connected');
    await alice.getByText('Say hello').click();
    await bob.getByText('Alice: Hello from Vite').waitFor();
    await bob.close();
    await expect.poll(status(alice), { timeout: 60_000 }).toBe('open Alice');
  });
});
