import { execFileSync } from 'node:child_process';

/** Before any test: builds the server that some of them start, unless it is current. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
