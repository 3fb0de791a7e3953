// Adds to package-lock.json the optional packages for other platforms that `npm install` leaves out when the registry
// at hand doesn't have them. Without their entries `npm ci` refuses, and users of those platforms get no binaries. And it
// notes which C library a binary is for where the package itself doesn't, so that nobody gets both.
// To be run after every change of dependencies; npm fills in the integrity of those it can fetch.
//
//   node scripts/complete-lockfile.mjs         of the root
//   node scripts/complete-lockfile.mjs infra   of a folder with a lockfile of its own
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder = '.'] = process.argv.slice(2);
const lockfile = resolve(fileURLToPath(new URL('..', import.meta.url)), folder, 'package-lock.json');
const lock = JSON.parse(readFileSync(lockfile, 'utf8'));
const packages = new Map(Object.entries(lock.packages));

// What a package brings along in its own archive has all it needs in there.
for (const dependent of [...packages.values()].filter(({ inBundle }) => !inBundle)) {
  for (const [name, version] of Object.entries(dependent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (!packages.has(path)) packages.set(path, entryOf(name, version, dependent));
  }
}

for (const [path, entry] of packages) {
  const [, libc] = /linux-\w+-(musl|gnu)(?:eabihf)?$/.exec(path) ?? [];
  if (libc && entry.optional) entry.libc ??= [libc === 'musl' ? 'musl' : 'glibc'];
}

const [root, ...others] = packages;
lock.packages = Object.fromEntries([root, ...others.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
writeFileSync(lockfile, `${JSON.stringify(lock, null, 2)}\n`);

/** Such packages are named for what they run on: …/cli-darwin-arm64, …/binding-linux-arm-musleabihf. */
function entryOf(name, version, { dev, license }) {
  const platform = /(android|darwin|freebsd|linux|openharmony|win32)-(\w+?)(?:-(\w+))?$/.exec(name);
  if (!platform)
    throw new Error(`${name} is optional and missing, and its name tells no platform: add it by hand`);
  const [, os, cpu, abi = 'gnu'] = platform;
  const libc = os === 'linux' ? [abi.startsWith('musl') ? 'musl' : 'glibc'] : undefined;
  return { version, cpu: [cpu], dev, libc, license, optional: true, os: [os] };
}
