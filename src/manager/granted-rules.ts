import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { grantsOf, type PermissionRequest } from '../../machines/worker.ts';

/**
 * Returns the rules that an answer with `remember` grants. `claude` compares the path of a file as it is
 * given and as it really is, so the rule for a file behind a link needs both; its own rules have both.
 */
export async function grantedRules(request: PermissionRequest): Promise<Record<string, unknown>[]> {
  const granted = grantsOf(request);
  const path = request.input.file_path ?? request.input.notebook_path;
  if (typeof path !== 'string' || !path.startsWith('/')) return granted;
  const ofReal = grantsOf({ ...request, input: { file_path: await realPathOf(path) } });
  const known = new Set(granted.map((rule) => JSON.stringify(rule)));
  return [...granted, ...ofReal.filter((rule) => !known.has(JSON.stringify(rule)))];
}

/** Returns a path without links, also where its end is not there yet. */
async function realPathOf(path: string): Promise<string> {
  const folder = dirname(path);
  if (folder === path) return path;
  return realpath(path).catch(async () => join(await realPathOf(folder), basename(path)));
}
