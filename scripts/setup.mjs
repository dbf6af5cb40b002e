import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

/**
 * Installs the dependencies when they are missing or older than the lock file. `npm ci` would refuse the
 * lock file: it lacks packages of other platforms, which were not available where it was written.
 */
const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  const args = ['install', '--no-save', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, { stdio: 'inherit' });
  process.exit(status ?? 1);
}
