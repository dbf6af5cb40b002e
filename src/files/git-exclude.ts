import { appendFile, lstat, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { ancestors } from './paths.ts';
import { unlessMissing } from './private-files.ts';

/** What a server writes into a logs folder: history files, older ones that were edited, and drafts. */
const patterns = ['worker-UUID.json*', 'worker-UUID/', '.*-*.tmp'].map((pattern) =>
  pattern.replace('UUID', [8, 4, 4, 4, 12].map((length) => '?'.repeat(length)).join('-')),
);

/**
 * Keeps the history files of a logs folder out of git: no file that the user tracks changes. A folder
 * outside a repository, or with a `.gitignore` for everything, needs nothing. Never rejects: a worker
 * does not need it.
 *
 * Source: gitignore(5), and gitrepository-layout(5) for `gitdir` and `commondir`.
 */
export async function excludeFromGit(logsDir: string): Promise<void> {
  const real = await realpath(logsDir);
  const ignored = join(real, '.gitignore');
  if ((await textOf(ignored).catch(() => ''))?.trim() === '*') return;
  const repository = await repositoryOf(real).catch(() => undefined);
  if (!repository) return;
  const folder = relative(repository.top, real);
  await addToExclude(repository, folder).catch(() => {});
  if (folder === '') return;
  // It beats a `.gitignore` of the project that takes files back, npm reads it, and it ignores itself.
  const lines = [...patterns, '.gitignore'].map((pattern) => `/${pattern}\n`);
  await writeFile(ignored, lines.join(''), { mode: 0o600, flag: 'wx' }).catch(() => {});
}

/** Adds what is missing to `info/exclude` of a repository. */
async function addToExclude({ gitDir }: Repository, folder: string): Promise<void> {
  // A line of the file is a pattern, so a path with a line break cannot stand there.
  if (folder.includes('\n')) return;
  const prefix = folder === '' ? '' : `/${folder.replace(/[\\*?[\]]/g, '\\$&')}`;
  const file = join(gitDir, 'info', 'exclude');
  const text = (await textOf(file)) ?? '';
  const lines = text.split('\n');
  const missing = patterns
    .map((pattern) => `${prefix}/${pattern}`)
    .filter((line) => !lines.includes(line));
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
