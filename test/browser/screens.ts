import type { Browser, Page } from 'playwright-core';
import { mintToken } from '../../src/auth/mintToken.ts';
import { expectCalls } from './flowing.ts';
import { button, join, Stage } from './Stage.ts';

/** Something that people see of the page. */
export type Screen = { readonly name: string; readonly show: (browser: Browser) => Promise<Page> };

const AUTH_SECRET = 'a secret for tests alone, of more than 32 bytes';

const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor();

/** Lets somebody try to join, and waits for what the page says to it. */
async function refused(stage: Stage, title: string): Promise<Page> {
  const page = await stage.lobby('Bob');
  await join(page);
  await heading(page, title);
  return page;
}

async function inCall(browser: Browser, guests: readonly string[]): Promise<{ stage: Stage; page: Page }> {
  const stage = await Stage.set(browser);
  const page = await stage.call('Alice');
  for (const name of guests) await stage.guest(name);
  return { stage, page };
}

/** Every screen that there is, but for those that need a browser without devices. */
export const screens: readonly Screen[] = [
  { name: 'lobby', show: async (browser) => (await Stage.set(browser)).lobby('Alice') },
  {
    name: 'server unreachable',
    show: async (browser) => {
      const stage = await Stage.set(browser);
      const page = await stage.lobby('Alice');
      await stage.server.kill();
      await join(page);
      await page.getByText('The server can’t be reached').first().waitFor();
      return page;
    },
  },
  { name: 'call alone', show: async (browser) => (await inCall(browser, [])).page },
  {
    name: 'call of three with chat',
    show: async (browser) => {
      const { stage, page } = await inCall(browser, ['Bob']);
      const carol = await stage.guest('Carol');
      await carol.sendChat('Good morning! The agenda: https://example.com/agenda');
      await carol.update({ microphone: true, camera: false, screen: false, hand: true });
      await button(page, 'Chat').click();
      await page.getByLabel('Message').fill('I will be with you in a minute');
      await page.getByLabel('Message').press('Enter');
      await page.getByText('I will be with you in a minute').waitFor();
      return page;
    },
  },
  {
    name: 'call of twelve',
    show: async (browser) => {
      const names = ['Bob', 'Carol', 'Dave', 'Erin', 'Frank', 'Grace', 'Heidi', 'Ivan', 'Judy', 'Ken', 'Leo'];
      const { page } = await inCall(browser, names);
      await page.getByText('+3 more').waitFor();
      return page;
    },
  },
  {
    name: 'people of a locked meeting',
    show: async (browser) => {
      const { page } = await inCall(browser, ['Bob', 'Carol']);
      await button(page, 'People').click();
      await button(page, 'Lock meeting').click();
      await button(page, 'Unlock meeting').waitFor();
      return page;
    },
  },
  {
    name: 'removing somebody',
    show: async (browser) => {
      const { page } = await inCall(browser, ['Bob']);
      await button(page, 'People').click();
      await button(page, 'Remove Bob').click();
      await heading(page, 'Remove Bob from the meeting?');
      return page;
    },
  },
  {
    name: 'choosing devices',
    show: async (browser) => {
      const { page } = await inCall(browser, []);
      await button(page, 'Devices').click();
      await heading(page, 'Devices');
      return page;
    },
  },
  {
    name: 'reconnecting',
    show: async (browser) => {
      const { stage, page } = await inCall(browser, ['Bob']);
      await stage.server.kill();
      await page.getByText('The connection was lost. Reconnecting…').first().waitFor();
      return page;
    },
  },
  {
    name: 'left',
    show: async (browser) => {
      const { page } = await inCall(browser, []);
      await button(page, 'Leave').click();
      await heading(page, 'You left the meeting');
      return page;
    },
  },
  {
    name: 'removed',
    show: async (browser) => {
      const stage = await Stage.set(browser);
      const host = await stage.guest('Alice');
      const page = await stage.call('Bob');
      const [bob] = host.participants.filter(({ userName }) => userName === 'Bob');
      await host.remove(bob?.userId ?? '');
      await heading(page, 'You were removed from the meeting');
      return page;
    },
  },
  {
    name: 'meeting full',
    show: async (browser) => {
      const stage = await Stage.set(browser, { MAX_CONNECTIONS_PER_MEETING: '1' });
      await stage.guest('Alice');
      return refused(stage, 'The meeting is full');
    },
  },
  {
    name: 'meeting locked',
    show: async (browser) => {
      const stage = await Stage.set(browser);
      await (await stage.guest('Alice')).lock();
      return refused(stage, 'The meeting is locked');
    },
  },
  {
    name: 'invitation expired',
    show: async (browser) => {
      const stage = await Stage.set(browser, { AUTH_SECRET });
      const userId = 'bob';
      const token = await mintToken({
        secret: AUTH_SECRET,
        userId,
        expiresInSeconds: 60,
        nowSeconds: 1_600_000_000,
      });
      const page = await stage.lobby('Bob', token);
      await join(page);
      await page.getByText('Your invitation has expired').first().waitFor();
      return page;
    },
  },
  {
    name: 'no invitation',
    show: async (browser) => {
      const page = await (await Stage.set(browser, { AUTH_SECRET })).lobby('Bob');
      await page.getByText('You need an invitation').first().waitFor();
      return page;
    },
  },
];

/** Calls in which everybody has a camera: as many browsers, for which two cores take their time. */
export const crowds: readonly Screen[] = [3, 6].map((count) => ({
  name: `call of ${count} with cameras`,
  show: async (browser) => {
    const stage = await Stage.set(browser);
    const page = await stage.call('Alice');
    for (const name of ['Bob', 'Carol', 'Dave', 'Erin', 'Frank'].slice(0, count - 1)) await stage.call(name);
    await expectCalls(page, count - 1);
    await page.waitForFunction(
      (number) =>
        [...document.querySelectorAll<HTMLVideoElement>('figure video')].filter(
          (video) => video.videoWidth > 0,
        ).length === number,
      count,
      { timeout: 100_000 },
    );
    return page;
  },
}));

/** What is seen where camera and microphone are refused. */
export const withoutDevices: Screen = {
  name: 'camera and microphone blocked',
  show: async (browser) => {
    const page = await (await Stage.set(browser)).lobby('Alice');
    await page.getByText('Your browser blocks the').first().waitFor();
    return page;
  },
};
