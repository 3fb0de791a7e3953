import { createServer } from 'node:http';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { authorityOf, close, listen } from '../harness/listening.ts';
import type { MeshOptions } from './meshPage.ts';
import { type MeetingPage, openPage } from './openMeetingPage.ts';

/**
 * Joins a meeting with the client and its peer connections alone, without the meeting page, until the test is finished.
 * The page is another server's: of this machine, so that it may connect and is given a camera.
 */
export async function openMesh(browser: Browser, options: MeshOptions): Promise<MeetingPage> {
  const html = `<!doctype html><title>mesh</title><script type="module">${await bundled()}</script>`;
  // Chromium lets no page that it hasn't loaded from this machine connect to it, and a made-up answer is from nowhere.
  const server = await listen(
    createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html)),
  );
  onTestFinished(() => close(server));
  const opened = await openPage(browser);
  await opened.page.goto(`http://${authorityOf(server)}/`);
  await opened.page.evaluate((given) => window.mesh.join(given), options);
  return opened;
}

let bundle: Promise<string> | undefined;

function bundled(): Promise<string> {
  bundle ??= build({
    entryPoints: ['test/browser/meshPage.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    charset: 'ascii',
    sourcemap: 'inline',
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '');
  return bundle;
}
