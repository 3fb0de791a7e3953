import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { writeCameraFile } from './cameraFile.ts';

/** Where distributions and vendors put it. */
const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  chromium.executablePath(),
];

/** Where the tests' browser is, or why there is none. */
const browserSource:
  | { readonly kind: 'found'; readonly executablePath: string }
  | { readonly kind: 'none'; readonly reason: string } = findBrowser();

function findBrowser(): typeof browserSource {
  const chosen = process.env.CHROMIUM_PATH;
  const executablePath = (chosen ? [chosen] : usualPlaces).find((path) => existsSync(path));
  if (executablePath !== undefined) return { kind: 'found', executablePath };
  if (chosen) return { kind: 'none', reason: `no browser: CHROMIUM_PATH is "${chosen}", where nothing is` };
  return {
    kind: 'none',
    reason:
      'no browser: run scripts/install-test-components.sh, or set CHROMIUM_PATH to a Chromium or Chrome',
  };
}

/** What is said to whoever asks for camera, microphone or screen. */
type MediaAnswer = 'granted' | 'denied';

/** One browser for all tests of a file, each of which is skipped where there is none. */
export function useBrowser(answer: MediaAnswer = 'granted'): () => Browser {
  let browser: Browser | undefined;
  const camera = writeCameraFile();
  beforeAll(async () => {
    if (browserSource.kind === 'none') return;
    browser = await launchBrowser(browserSource.executablePath, answer, camera.path);
  });
  beforeEach(({ skip }) => {
    if (browserSource.kind === 'none') skip(browserSource.reason);
  });
  afterAll(async () => {
    await browser?.close();
    camera.remove();
  });
  return () => {
    if (!browser) throw new Error('there is no browser outside tests');
    return browser;
  };
}

/** Starts a Chromium with a profile of its own, a camera, a microphone that beeps, and a screen. */
function launchBrowser(executablePath: string, answer: MediaAnswer, cameraFile: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      // Machines for tests are often containers, whose user is root and whose kernel gives no namespaces.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream=fps=10',
      `--use-file-for-fake-video-capture=${cameraFile}`,
      // Answers for the screen as well, with one of 1280 × 720 that is green.
      `--use-fake-ui-for-media-stream${answer === 'denied' ? '=deny' : ''}`,
      // Where there is no network but this one, WebRTC otherwise has no address at all.
      '--allow-loopback-in-peer-connection',
    ],
  });
}
