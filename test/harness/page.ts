import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const surroundings = fileURLToPath(new URL('page.mjs', import.meta.url));

/** A page that runs in a process, without a browser. */
export type Page = {
  /** Resolves when the page shows this: its paragraphs, list items and buttons, with bars between them. */
  shows(wanted: string): Promise<void>;
  /** Clicks the button with this label. */
  click(label: string): void;
};

/** Opens a page with an element `root` and this script, until the test is finished. */
export function openPage(script: string): Page {
  const child = spawn(process.execPath, ['--import', surroundings, script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill();
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async shows(wanted) {
      for (let line = ''; line !== wanted; ) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`the page ended, and showed "${line}" last, not "${wanted}"`);
        line = value;
      }
    },
    click(label) {
      child.stdin.write(`${label}\n`);
    },
  };
}
