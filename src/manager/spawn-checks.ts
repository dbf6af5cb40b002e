import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { grantsIn } from '../config/grants.ts';
import type { Options } from '../config/options.ts';
import { codeOf } from '../errors.ts';

/** Refuses options that grant in advance, where only the user may grant. */
export function grantProblem(options: Options, { approvals }: Config): string | undefined {
  if (approvals !== 'human') return undefined;
  const [name] = grantsIn(options);
  if (name === undefined) return undefined;
  return `On this server only the user grants permissions (--approvals human), so options.${name} cannot grant anything in advance; leave it out.`;
}

/** Names the problem of a folder that an option names, or returns undefined. */
export async function folderProblem(
  option: 'cwd' | 'add_dirs',
  folder: string,
): Promise<string | undefined> {
  const problem = await problemWith(folder);
  if (problem === undefined) return undefined;
  return `options.${option} must be ${option === 'cwd' ? 'a folder' : 'folders'} that can be read, but ${folder} ${problem}; give another one or leave it out.`;
}

async function problemWith(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return 'is not a folder';
    await access(folder, constants.R_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'does not exist' : 'cannot be read';
  }
}

/** Refuses the commands of `claude` that begin another conversation in the middle of this one. */
export function promptProblem(prompt: string): string | undefined {
  const [command] = /^\/(clear|reset|new)(?=\s|$)/.exec(prompt) ?? [];
  if (command === undefined) return undefined;
  return `prompt must not begin with ${command}: it ends the conversation of the worker and begins another one, which could not be resumed. For a new conversation call spawn_worker; a blank in front of ${command} makes it plain text.`;
}
