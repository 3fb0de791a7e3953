import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useBrowser } from '../../browser/chromium.ts';
import { expectCalls, expectFlowing } from '../../browser/flowing.ts';
import type { RestartableServer } from '../../browser/RestartableServer.ts';
import { button, Stage } from '../../browser/Stage.ts';

const PATIENCE = { timeout: 60_000, interval: 200 };

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

  it('is one: three see, hear and write to each other, share, take in a fourth and remove him, lose the server, and leave', async () => {
    const stage = await Stage.set(browser());
    const alice = await stage.call('Alice');
    const bob = await stage.call('Bob');
    const carol = await stage.call('Carol');
    const all = [alice, bob, carol];
    await expect.poll(tilesOf(alice), PATIENCE).toEqual(['Alice (you)', 'Bob', 'Carol']);
    await expectFlowing(all);
    await chatInTurn(all, ['one', 'two', 'three']);
    await shareScreen(alice, 'Alice', [bob, carol]);

    const dave = await stage.call('Dave');
    await button(dave, 'Chat').click();
    await showAll([dave], ['one', 'two', 'three']);
    await expectFlowing([...all, dave]);
    // Who was there first is the host, until the meeting is empty: a server that was killed has lost them all.
    await button(alice, 'People').click();
    await button(alice, 'Remove Dave').click();
    await button(alice, 'Remove').click();
    await dave.getByRole('heading', { level: 1, name: 'removed' }).waitFor();
    await button(alice, 'Chat').click();

    await loseServer(stage.server, all, bob, 'four');
    await showAll(all, ['one', 'two', 'three', 'four']);
    await expectFlowing(all);
    await expect.poll(tilesOf(carol), PATIENCE).toEqual(['Alice', 'Bob', 'Carol (you)']);

    await carol.close();
    for (const page of [alice, bob]) await expectCalls(page, 1);
    await expect.poll(tilesOf(alice), PATIENCE).toEqual(['Alice (you)', 'Bob']);
    await expectFlowing([alice, bob]);
  });
});
