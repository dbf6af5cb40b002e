import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { markerOf } from '../files/paths.ts';
import { beginningOf } from '../text/cut.ts';

/**
 * Returns the folder of the files that a project's workers live on. It is outside the project: there
 * `git clean` removes such files, `git add` commits them, and `grep` reads prompts from a FIFO.
 * @param logsDir The folder of the history files, which stands for the project.
 * @param given The folder that a setting names. A second project gets a folder of its own in it.
 */
export function stateDirOf(
  logsDir: string,
  given: string | undefined,
  env: NodeJS.ProcessEnv,
): string {
  const real = realPathOf(logsDir);
  if (given === undefined) return join(stateHome(env), nameOf(real));
  const owner = read(markerOf(given));
  return owner === undefined || owner === real ? given : join(given, nameOf(real));
}

/** Returns the path without links. The last parts of the path may be missing. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPathOf(above), basename(path));
  }
}

/**
 * Source: the XDG Base Directory Specification, which also says that a relative path is ignored.
 */
function stateHome({ XDG_STATE_HOME = '' }: NodeJS.ProcessEnv): string {
  const home = isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : join(userHome(), '.local', 'state');
  return join(home, 'async-worker-manager');
}

/** Returns the home folder; an empty or relative HOME would put the state folder into the project. */
function userHome(): string {
  const home = homedir();
  return isAbsolute(home) ? home : userInfo().homedir;
}

/** Returns a short name that differs for each logs folder; people recognize the project by its begin. */
function nameOf(logsDir: string): string {
  const project = basename(dirname(logsDir)).replace(/[^\w-]+/g, '-');
  const hash = createHash('sha256').update(logsDir).digest('hex');
  return `${beginningOf(project, 24)}-${beginningOf(hash, 12)}`;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
