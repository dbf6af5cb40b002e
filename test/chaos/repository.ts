import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];

const git = async (cwd: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)('git', [...identity, ...args], { cwd })).stdout;

/** Makes a project that is a repository, with a folder `logs` that was there before the workers. */
export async function makeRepository(project: string): Promise<void> {
  await mkdir(join(project, 'logs'), { recursive: true });
  await writeFile(join(project, 'logs', 'of-the-project.txt'), 'Older than the workers.\n');
  await git(project, 'init', '-q');
  await git(project, 'add', '-A');
  await git(project, 'commit', '-qm', 'begin');
}

/** The commands with which a worker tidies the project up, by name. */
export const tidying = {
  clean: 'git clean -fdq',
  stash: `touch new; git ${identity.join(' ')} stash -u -q`,
} as const;

/** Returns the files of workers that are in commits and stashes of the project. */
export async function committedIn(project: string): Promise<string[]> {
  const objects = await git(project, 'rev-list', '--objects', '--all', '--reflog');
  return objects.split('\n').filter((line) => /worker-/.test(line));
}
