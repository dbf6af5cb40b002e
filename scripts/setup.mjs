import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/**
 * Installs the dependencies when they are missing or older than the lock file. Not by `npm ci`: that
 * refuses a lock file made where the packages of some other platform could not be had.
 */
const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  const args = ['install', '--no-save', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, { stdio: 'inherit' });
  process.exit(status ?? 1);
}
