import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Stage } from './harness.ts';

const run = promisify(execFile);

/** Makes the project of a stage a git repository with one commit. */
export async function makeRepository({ project }: Stage): Promise<void> {
  await writeFile(join(project, '.gitignore'), 'logs\n.claude\n');
  await run('git', ['init', '-q', project]);
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  await run('git', ['-C', project, ...who, 'commit', '-q', '--allow-empty', '-m', 'x']);
}
