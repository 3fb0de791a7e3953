import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createMeetingClient, type MeetingClient } from '../../src/client/index.ts';
import { type MeetingPage, openMeetingPage } from './openMeetingPage.ts';
import { RestartableServer } from './RestartableServer.ts';

/** Where a screen is put on: a server of its own, and whoever plays a part, until the test is finished. */
export class Stage {
  readonly #browser: Browser;
  readonly server: RestartableServer;

  private constructor(browser: Browser, server: RestartableServer) {
    this.#browser = browser;
    this.server = server;
  }

  static async set(browser: Browser, env: Readonly<Record<string, string>> = {}): Promise<Stage> {
    return new Stage(browser, await RestartableServer.start(env));
  }

  /** The page by an invitation to a meeting. */
  async lobby(name: string, token?: string): Promise<Page> {
    const { pageUrl } = this.server;
    const opened: MeetingPage = await openMeetingPage(this.#browser, {
      ...{ pageUrl, meeting: 'standup', name },
      ...(token && { token }),
    });
    await opened.page.getByRole('heading', { level: 1 }).waitFor();
    return opened.page;
  }

  /** The page in the call. */
  async call(name: string): Promise<Page> {
    const page = await this.lobby(name);
    await join(page);
    await page.getByRole('region', { name: 'Call controls' }).waitFor();
    return page;
  }

  /** Somebody without a page, and without a picture: in the meeting when it resolves. */
  async guest(userName: string): Promise<MeetingClient> {
    const client = createMeetingClient({
      ...{ url: this.server.webSocketUrl, meetingId: 'standup', userId: userName.toLowerCase(), userName },
      ...{
        attributes: { microphone: true, camera: false, screen: false, hand: false },
        webSocket: WebSocket,
      },
    });
    onTestFinished(() => client.close());
    await new Promise<void>((resolve) => client.once('welcome', () => resolve()));
    return client;
  }
}

/** A button by its whole name. */
export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** Goes in, from the lobby. */
export const join = (page: Page): Promise<void> => button(page, 'Join').click();
