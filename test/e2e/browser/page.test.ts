import { describe, expect, it } from 'vitest';
import { useBrowser } from '../../browser/chromium.ts';
import { openMeetingPage } from '../../browser/openMeetingPage.ts';
import { RestartableServer } from '../../browser/RestartableServer.ts';
import { button } from '../../browser/Stage.ts';

const browser = useBrowser();

describe('the page as npm start serves it', () => {
  it.each(['production', 'page', 'assets'])(
    'loads under its own policy beside the stage %s',
    async (STAGE) => {
      const { pageUrl } = await RestartableServer.start({ STAGE });
      const { page, complaints } = await openMeetingPage(browser(), { pageUrl, meeting: 'standup' });
      await button(page, 'Join').waitFor();
      expect(complaints).toEqual([]);
    },
  );
});
