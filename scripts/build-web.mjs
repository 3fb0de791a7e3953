// Builds the page for any static host, into dist/web: with a config.json beside it that says where the API is. A server that
// is started here (npm start) writes its own.
//
//   API_URL=wss://HOST/STAGE npm run build:web
//   AUTHENTICATION=token     who joins needs a token; none (the default): nobody does
//   TOKEN_URL=https://…      where the page gets its tokens from, unless they are in the link
//   -- --out=DIR             into DIR/web
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const flags = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const config = readPageConfig(process.env);
  execFileSync(process.execPath, ['scripts/build.mjs', '--web', ...flags], { cwd: root, stdio: 'inherit' });
  const out = flags.find((flag) => flag.startsWith('--out='))?.slice('--out='.length) ?? 'dist';
  const folder = resolve(root, out, 'web');
  writeFileSync(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  console.log(`The page is in ${folder}, for the API at ${config.url}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function readPageConfig({ API_URL = '', AUTHENTICATION, TOKEN_URL = '' }) {
  const url = urlOf(API_URL, ['wss:', 'https:']);
  if (!url || url.search || url.hash || url.username) {
    throw new Error(
      `API_URL must be the API's address, such as wss://abc123.execute-api.eu-west-1.amazonaws.com/production, but is "${API_URL}".`,
    );
  }
  const authentication = AUTHENTICATION || (TOKEN_URL ? 'token' : 'none');
  if (!['none', 'token'].includes(authentication)) {
    throw new Error(`AUTHENTICATION must be none or token, but is "${authentication}".`);
  }
  if (TOKEN_URL && authentication === 'none') {
    throw new Error('TOKEN_URL is set, but AUTHENTICATION is none. Set it to token, or unset TOKEN_URL.');
  }
  if (TOKEN_URL && !/^\/(?!\/)/.test(TOKEN_URL) && !urlOf(TOKEN_URL, ['https:'])) {
    throw new Error(
      `TOKEN_URL must be an https address, or a path on the page's own host, but is "${TOKEN_URL}".`,
    );
  }
  const address = `wss://${url.host}${url.pathname.replace(/\/+$/, '')}`;
  return { url: address, authentication, ...(TOKEN_URL && { tokenUrl: TOKEN_URL }) };
}

function urlOf(text, protocols) {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return protocols.includes(url.protocol) ? url : undefined;
}
