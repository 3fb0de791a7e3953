import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { watchPeerConnections } from './watchPeerConnections.ts';

/** Whose page to open, and in which meeting. */
type MeetingPageOptions = {
  /** The server's page: `http://127.0.0.1:PORT/`. */
  readonly pageUrl: string;
  readonly meeting?: string;
  readonly name?: string;
  readonly token?: string;
};

/** A page in a context of its own: a browser of somebody else. */
export type MeetingPage = {
  readonly page: Page;
  /** What the page complained of so far: exceptions, errors on its console, what its policy refused. */
  readonly complaints: readonly string[];
};

/** Opens the meeting page by a link with what is given, until the test is finished. */
export async function openMeetingPage(
  browser: Browser,
  { pageUrl, ...inLink }: MeetingPageOptions,
): Promise<MeetingPage> {
  const { page, complaints } = await openPage(browser);
  const link = new URL(pageUrl);
  link.hash = new URLSearchParams(Object.entries(inLink)).toString();
  await page.goto(link.href);
  return { page, complaints };
}

/** An empty page in a context of its own, with camera and microphone, until the test is finished. */
export async function openPage(browser: Browser): Promise<MeetingPage> {
  const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  await watchPeerConnections(page);
  return { page, complaints };
}
