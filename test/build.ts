import { execFileSync } from 'node:child_process';

/** Builds the bundle that users get, because the end-to-end tests run it. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
