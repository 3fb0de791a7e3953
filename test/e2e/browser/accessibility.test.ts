import { describe, expect, it } from 'vitest';
import { accessibilityProblems } from '../../browser/accessibility.ts';
import { useBrowser } from '../../browser/chromium.ts';
import { type Screen, screens, withoutDevices } from '../../browser/screens.ts';

/** What axe finds on a screen, light and dark, and at a phone's width. */
async function problemsOf(
  screen: Screen,
  browser: ReturnType<typeof useBrowser>,
): Promise<readonly string[]> {
  const page = await screen.show(browser());
  const problems = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    problems.push(...(await accessibilityProblems(page)).map((problem) => `${colorScheme}: ${problem}`));
  }
  await page.setViewportSize({ width: 360, height: 740 });
  problems.push(...(await accessibilityProblems(page)).map((problem) => `phone: ${problem}`));
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > 360) problems.push(`phone: ${width} px wide`);
  return problems;
}

describe('everybody can use', () => {
  const browser = useBrowser();
  it.each(screens)('the screen $name, as far as axe can tell', async (screen) => {
    expect(await problemsOf(screen, browser)).toEqual([]);
  });
});

describe('everybody can use, without devices,', () => {
  const browser = useBrowser('denied');
  it.each([withoutDevices])('the screen $name, as far as axe can tell', async (screen) => {
    expect(await problemsOf(screen, browser)).toEqual([]);
  });
});
