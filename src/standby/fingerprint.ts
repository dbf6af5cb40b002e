import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { readFile, stat } from '../files/calls.ts';
import { asObject, parseObject } from '../stream-json/message.ts';
import { GitTooSlow, gitState } from './git-state.ts';
import { filesReadAtStart, type StartFolders, TooManyFiles } from './start-files.ts';

/** The parts of a start that decide which files it reads. */
export interface StartPlace {
  command: string;
  cwd: string;
  env: Record<string, string>;
}

/**
 * Returns the fingerprint of everything that a `claude` reads at its start and keeps, apart from its
 * arguments and environment: a start with another fingerprint gives a process that knows other things.
 * Measured on 2.1.330: `claude` does not read instructions, agents and the git status again before the
 * first prompt, and permission rules only after a while.
 * @returns undefined when there are too many files, or git is too slow.
 */
export async function startFingerprint(place: StartPlace): Promise<string | undefined> {
  const home = place.env.HOME ?? homedir();
  const folders = {
    cwd: place.cwd,
    home,
    config: place.env.CLAUDE_CONFIG_DIR ?? join(home, '.claude'),
  };
  try {
    const parts = await Promise.all([
      new Date().toDateString(),
      fileStates([...programPlaces(place)]),
      filesReadAtStart(folders).then(fileStates),
      accountState(folders),
      gitState(place.cwd, place.env),
    ]);
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  } catch (error) {
    if (error instanceof TooManyFiles || error instanceof GitTooSlow) return undefined;
    throw error;
  }
}

/** Returns one text for each existing file, which every write, rename or change of rights changes. */
async function fileStates(paths: readonly string[]): Promise<string[]> {
  const states = await Promise.all(paths.map(fileState));
  return states.filter((state) => state !== '');
}

async function fileState(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found) return '';
  const { ino, size, mtimeNs, ctimeNs } = found;
  return found.isDirectory() ? '' : [path, ino, size, mtimeNs, ctimeNs].join();
}

/** Gives the paths where the program may be: an update puts another file there. */
function* programPlaces({ command, env }: StartPlace): Generator<string> {
  if (isAbsolute(command)) yield command;
  else for (const folder of (env.PATH ?? '').split(delimiter)) yield join(folder, command);
}

/**
 * Reads the parts of `.claude.json` that name the account and the permissions. The other parts are
 * counters, which every `claude` writes.
 */
async function accountState({ cwd, home, config }: StartFolders): Promise<unknown> {
  const places = [join(home, '.claude.json'), join(config, '.claude.json')];
  return Promise.all(
    places.map(async (path) => {
      const text = await readFile(path, 'utf8').catch(() => '');
      const file = parseObject(text);
      const project = asObject(asObject(file?.projects)?.[cwd]);
      const { oauthAccount, primaryApiKey, customApiKeyResponses } = file ?? {};
      const { allowedTools, hasTrustDialogAccepted } = project ?? {};
      return [
        oauthAccount,
        primaryApiKey,
        customApiKeyResponses,
        allowedTools,
        hasTrustDialogAccepted,
      ];
    }),
  );
}
