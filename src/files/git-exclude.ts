import { appendFile, lstat, mkdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { ancestors } from './paths.ts';
import { unlessMissing } from './private-files.ts';

/**
 * Keeps the history files of a logs folder out of git, by `info/exclude` of the repository: no file that
 * the user tracks changes. A folder outside a repository, or with a `.gitignore` of ours, needs nothing.
 *
 * Source: gitignore(5), and gitrepository-layout(5) for `gitdir` and `commondir`.
 */
export async function excludeFromGit(logsDir: string): Promise<void> {
  const real = await realpath(logsDir);
  if ((await textOf(join(real, '.gitignore')))?.trim() === '*') return;
  const repository = await repositoryOf(real);
  // A line of the file is a pattern, so a path with a line break cannot stand there.
  if (!repository || real.includes('\n')) return;
  const folder = relative(repository.top, real).replace(/[\\*?[\]]/g, '\\$&');
  const prefix = folder === '' ? '' : `/${folder}`;
  const patterns = [`${prefix}/worker-*.json`, `${prefix}/.*-*.tmp`];
  const file = join(repository.gitDir, 'info', 'exclude');
  const text = (await textOf(file)) ?? '';
  const lines = text.split('\n');
  const missing = patterns.filter((pattern) => !lines.includes(pattern));
  if (missing.length === 0) return;
  await mkdir(dirname(file), { recursive: true });
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  await appendFile(file, `${separator}${missing.join('\n')}\n`);
}

interface Repository {
  /** The top folder of the work tree. */
  top: string;
  /** The folder of git that all work trees of the repository share. */
  gitDir: string;
}

/** Returns the repository whose work tree has a folder. */
async function repositoryOf(folder: string): Promise<Repository | undefined> {
  for (const top of ancestors(folder)) {
    const path = join(top, '.git');
    const found = await unlessMissing(lstat(path));
    if (!found) continue;
    const gitDir = found.isFile() ? await linkedGitDir(path) : path;
    return gitDir === undefined ? undefined : { top, gitDir };
  }
  return undefined;
}

/** Returns the shared folder of git from the `.git` file of a linked work tree or a submodule. */
async function linkedGitDir(path: string): Promise<string | undefined> {
  const [, given] = /^gitdir: (.*)$/m.exec((await textOf(path)) ?? '') ?? [];
  if (given === undefined) return undefined;
  const gitDir = resolve(dirname(path), given);
  const common = await textOf(join(gitDir, 'commondir'));
  return common === undefined ? gitDir : resolve(gitDir, common.trim());
}

const textOf = (path: string): Promise<string | undefined> => unlessMissing(readFile(path, 'utf8'));
