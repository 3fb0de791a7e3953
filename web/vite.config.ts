import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { jsx } from './jsx.config.ts';

// The meeting page. scripts/build.mjs builds it; `npx vite web` serves it while it is worked on.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // It may stand in any folder of any host.
  base: './',
  // What it is told, config.json tells it: nothing of whoever builds it goes in.
  envDir: false,
  oxc: { jsx },
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    // With a dot, which no stage's name has: no STAGE gets in the way. local/pageFiles.ts knows it, too.
    assetsDir: 'page.assets',
    target: 'es2022',
    sourcemap: true,
    // Its policy allows no script within the HTML, and browsers that old have no WebRTC as we use it.
    modulePreload: { polyfill: false },
  },
});
