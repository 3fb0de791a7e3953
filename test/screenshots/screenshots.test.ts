import { mkdirSync } from 'node:fs';
import { describe, it } from 'vitest';
import { useBrowser } from '../browser/chromium.ts';
import { crowds, type Screen, screens, withoutDevices } from '../browser/screens.ts';

const folder = 'dist/screenshots';
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** Takes a screen's pictures: on a desk and on a phone, light and dark. */
async function take({ name, show }: Screen, browser: ReturnType<typeof useBrowser>): Promise<void> {
  const page = await show(browser());
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const path = `${folder}/${name.replaceAll(' ', '-')}.${size}.${colorScheme}.png`;
      await page.screenshot({ path });
    }
  }
}

mkdirSync(folder, { recursive: true });

describe('screenshots', () => {
  const browser = useBrowser();
  it.each([...screens, ...crowds])('of $name', (screen) => take(screen, browser));
});

describe('screenshots without devices', () => {
  const browser = useBrowser('denied');
  it.each([withoutDevices])('of $name', (screen) => take(screen, browser));
});
