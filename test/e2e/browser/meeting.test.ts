import type { Browser, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useBrowser } from '../../browser/chromium.ts';
import { expectCalls, expectFlowing } from '../../browser/flowing.ts';
import { openMeetingPage } from '../../browser/openMeetingPage.ts';
import { RestartableServer } from '../../browser/RestartableServer.ts';

const PATIENCE = { timeout: 60_000, interval: 200 };

/** Opens the page by an invitation, and goes in. */
async function join(browser: Browser, { pageUrl }: RestartableServer, name: string): Promise<Page> {
  const { page } = await openMeetingPage(browser, { pageUrl, meeting: 'standup' });
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('region', { name: 'Call controls' }).waitFor();
  return page;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Whose tiles a page shows. */
const tilesOf = (page: Page) => () =>
  page.getByRole('figure').evaluateAll((tiles) => tiles.map((tile) => tile.ariaLabel ?? '').toSorted());

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.getByLabel('Message').press('Enter');
}

/** What a page's chat shows, without joins and leaves. */
const chatOf = (page: Page) => () => page.locator('.chat-text').allInnerTexts();

/** What a page shows in somebody's tile: cameras are blue here, and screens green. */
const pictureOf = (page: Page, name: string) => () =>
  page
    .getByRole('figure', { name, exact: true })
    .locator('video')
    .evaluate((video: HTMLVideoElement) => {
      const canvas = new OffscreenCanvas(1, 1).getContext('2d');
      canvas?.drawImage(video, 0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0] = canvas?.getImageData(0, 0, 1, 1).data ?? [];
      if (Math.max(red, green, blue) < 30) return 'nothing';
      return blue > green ? 'camera' : 'screen';
    });

const showAll = async (pages: readonly Page[], lines: readonly string[]): Promise<void> => {
  for (const page of pages) await expect.poll(chatOf(page), PATIENCE).toEqual(lines);
};

/** Everybody says something, after having read what was said before. */
async function chatInTurn(pages: readonly Page[], lines: readonly string[]): Promise<void> {
  for (const page of pages) await button(page, 'Chat').click();
  for (const [index, page] of pages.entries()) {
    await say(page, lines[index] ?? '');
    await showAll(pages, lines.slice(0, index + 1));
  }
}

/** Somebody shows the screen in place of the camera, for a while. */
async function shareScreen(page: Page, name: string, others: readonly Page[]): Promise<void> {
  for (const other of others) await expect.poll(pictureOf(other, name), PATIENCE).toBe('camera');
  await button(page, 'Share screen').click();
  for (const other of others)
    await expect.poll(pictureOf(other, `${name}’s screen`), PATIENCE).toBe('screen');
  await expectFlowing([page, ...others]);
  await button(page, 'Stop sharing').click();
  for (const other of others) await expect.poll(pictureOf(other, name), PATIENCE).toBe('camera');
}

/** The server is killed while they talk, and started again after somebody has written to nobody. */
async function loseServer(
  server: RestartableServer,
  pages: readonly Page[],
  author: Page,
  line: string,
): Promise<void> {
  await server.kill();
  for (const page of pages) await page.getByText('The connection was lost. Reconnecting…').first().waitFor();
  await say(author, line);
  await expectFlowing(pages);
  await server.restart();
}

describe('a meeting in the page', () => {
  const browser = useBrowser();

  it('is one: three see, hear and write to each other, share, lose the server, leave, are removed, and come late', async () => {
    const server = await RestartableServer.start();
    const alice = await join(browser(), server, 'Alice');
    const bob = await join(browser(), server, 'Bob');
    const carol = await join(browser(), server, 'Carol');
    const all = [alice, bob, carol];
    await expect.poll(tilesOf(alice), PATIENCE).toEqual(['Alice (you)', 'Bob', 'Carol']);
    await expectFlowing(all);
    await chatInTurn(all, ['one', 'two', 'three']);
    await shareScreen(alice, 'Alice', [bob, carol]);

    await loseServer(server, all, bob, 'four');
    await showAll(all, ['one', 'two', 'three', 'four']);
    await expectFlowing(all);
    await expect.poll(tilesOf(carol), PATIENCE).toEqual(['Alice', 'Bob', 'Carol (you)']);

    await carol.close();
    for (const page of [alice, bob]) await expectCalls(page, 1);
    await expect.poll(tilesOf(alice), PATIENCE).toEqual(['Alice (you)', 'Bob']);

    const dave = await join(browser(), server, 'Dave');
    await button(dave, 'Chat').click();
    await showAll([dave], ['one', 'two', 'three', 'four']);
    await expectFlowing([alice, bob, dave]);

    await button(alice, 'People').click();
    await button(alice, 'Remove Bob').click();
    await button(alice, 'Remove').click();
    await bob.getByRole('heading', { level: 1, name: 'removed' }).waitFor();
    await expect.poll(tilesOf(alice), PATIENCE).toEqual(['Alice (you)', 'Dave']);
    await expectFlowing([alice, dave]);
  });
});
