import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { readFile, stat } from '../files/calls.ts';
import { asObject, parseObject } from '../stream-json/message.ts';
import { GitTooSlow, gitState } from './git-state.ts';
import { type Files, filesReadAtStart, TooManyFiles } from './start-files.ts';

/** Where and with what a `claude` starts. */
export interface StartPlace {
  command: string;
  cwd: string;
  env: Record<string, string>;
}

/**
 * Everything outside its arguments and environment that a `claude` takes in as it starts and keeps,
 * as one text to compare: a process that was started under another text knows something else than
 * one that would be started now. Measured on 2.1.330: instructions, agents and the git status are
 * not looked at again before the first prompt, and permission rules only after a while.
 * @returns undefined when it cannot be told, or not in time.
 */
export async function startState(place: StartPlace): Promise<string | undefined> {
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

/** A file as it is now: any write, rename or change of rights makes another text of it. */
async function fileStates(paths: Files): Promise<string[]> {
  const states = await Promise.all(paths.map(fileState));
  return states.filter((state) => state !== '');
}

async function fileState(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found) return '';
  const { ino, size, mtimeNs, ctimeNs } = found;
  return found.isDirectory() ? '' : [path, ino, size, mtimeNs, ctimeNs].join();
}

/** Where the program may be: an update puts another file there. */
function* programPlaces({ command, env }: StartPlace): Generator<string> {
  if (isAbsolute(command)) yield command;
  else for (const folder of (env.PATH ?? '').split(delimiter)) yield join(folder, command);
}

/**
 * The parts of `.claude.json` that say who is logged in and what was allowed. The rest of it is
 * counters, which every `claude` writes.
 */
async function accountState({ cwd, home, config }: Folders): Promise<unknown> {
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

type Folders = Parameters<typeof filesReadAtStart>[0];
