// A page without a browser, for a program that is started with --import of this file: prints what it shows whenever that
// changes, and clicks the buttons that it is told by their labels.
import { createInterface } from 'node:readline';
import { parseHTML } from 'linkedom';
import { WebSocket } from 'ws';

const { window, document } = parseHTML('<!doctype html><html><body><div id="root"></div></body></html>');
// Nobody waits for what Vite's own lines observe.
class MutationObserver {
  observe() {}
}
Object.assign(globalThis, { window, document, MutationObserver, WebSocket });
globalThis.navigator ??= { userAgent: '' };

let shown = '';
setInterval(() => {
  const elements = [...document.querySelectorAll('p, li, button')];
  const text = elements.map(({ textContent }) => textContent).join(' | ');
  if (text !== shown) console.log(text);
  shown = text;
}, 5);

createInterface({ input: process.stdin }).on('line', (label) => {
  const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === label);
  button.dispatchEvent(new window.Event('click', { bubbles: true }));
});
