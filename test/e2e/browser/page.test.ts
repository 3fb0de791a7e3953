import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { accessibilityProblems } from '../../browser/accessibility.ts';
import { useBrowser } from '../../browser/chromium.ts';
import { expectCalls, expectFlowing } from '../../browser/flowing.ts';
import { type MeetingPage, openMeetingPage } from '../../browser/openMeetingPage.ts';
import { RestartableServer } from '../../browser/RestartableServer.ts';

const browser = useBrowser();

describe('the page as npm start serves it', () => {
  it.each(['production', 'page', 'assets'])(
    'loads under its own policy beside the stage %s',
    async (STAGE) => {
      const { pageUrl } = await RestartableServer.start({ STAGE });
      const { page, complaints } = await openMeetingPage(browser(), { pageUrl, meeting: 'standup' });
      await joinButtonOf(page).waitFor();
      expect(complaints).toEqual([]);
    },
  );

  it('can be used by everybody before a call and in it, as far as axe can tell', async () => {
    const { pageUrl } = await RestartableServer.start();
    const link = { pageUrl, meeting: 'standup', name: 'Alice' };
    const { page } = await openMeetingPage(browser(), link);
    await joinButtonOf(page).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await joinButtonOf(page).click();
    await page.getByRole('region', { name: 'Call controls' }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('has three see and hear each other, also while the server is killed and started again, until one closes the tab', async () => {
    const server = await RestartableServer.start();
    const { pageUrl } = server;
    const joined = async (name: string): Promise<MeetingPage> => {
      const opened = await openMeetingPage(browser(), { pageUrl, meeting: 'standup', name });
      await joinButtonOf(opened.page).click();
      return opened;
    };
    const everyone = [await joined('Alice'), await joined('Bob'), await joined('Carol')];
    const [alice, bob, carol] = everyone.map(({ page }) => page) as [Page, Page, Page];
    await expectFlowing([alice, bob, carol]);
    expect(everyone.flatMap(({ complaints }) => complaints)).toEqual([]);

    await server.kill();
    await alice.getByText('Reconnecting…').first().waitFor();
    await expectFlowing([alice, bob, carol]);
    await server.restart();
    for (const page of [alice, bob, carol]) {
      await expect.poll(() => page.getByText('Reconnecting…').count(), { timeout: 90_000 }).toBe(0);
    }
    await expectFlowing([alice, bob, carol]);

    await carol.close();
    for (const page of [alice, bob]) await expectCalls(page, 1);
    await expectFlowing([alice, bob]);
  });
});

const joinButtonOf = (page: Page) => page.getByRole('button', { name: 'Join', exact: true });
