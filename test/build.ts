import { execFileSync } from 'node:child_process';

/** The end-to-end tests drive the bundle that users get, built from what stands here now. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
