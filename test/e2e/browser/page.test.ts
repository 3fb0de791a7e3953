import { describe, expect, it } from 'vitest';
import { useBrowser } from '../../browser/chromium.ts';
import { openMeetingPage } from '../../browser/openMeetingPage.ts';
import { RestartableServer } from '../../browser/RestartableServer.ts';

describe('the page as npm start serves it', () => {
  const browser = useBrowser();

  it.each(['production', 'page', 'assets'])(
    'loads under its own policy beside the stage %s',
    async (STAGE) => {
      const { pageUrl } = await RestartableServer.start({ STAGE });
      const { page, complaints } = await openMeetingPage(browser(), { pageUrl, meeting: 'standup' });
      await page.getByRole('heading', { level: 1 }).waitFor();
      // Browsers ask for one where a page names none.
      expect(complaints.filter((complaint) => !complaint.includes('favicon.ico'))).toEqual([]);
    },
  );
});
