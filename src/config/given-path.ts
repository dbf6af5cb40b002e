import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import * as z from 'zod';

/** A path as people write it: `~` is their home folder, and no shell replaces variables. */
export const givenPath = z
  .string()
  .min(1)
  .refine(
    (text) => !/^~[^/]/.test(text),
    'a path in which ~ stands alone before "/", for your own home folder (write any other path out, or "./~name" for a file of that name)',
  )
  .refine(
    (text) => !hasVariable(text),
    'a path without variables, because nothing replaces them here (write the path out, or begin with "~/" for your home folder)',
  );

/** True when a path has a variable: a whole path to a place whose name really has a "$" has none. */
function hasVariable(path: string): boolean {
  const upTo = /^.*\$[\w{][^/]*/s.exec(path)?.[0];
  if (upTo === undefined) return false;
  return !/^(\/|~\/)/.test(path) || !existsSync(fromHome(upTo));
}

/** Returns a path with the home folder in the place of `~`; any other path stays. */
export function fromHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? `${homedir()}${path.slice('~'.length)}` : path;
}

/** Returns a whole path: `~` is the home folder, all else is relative to a folder. */
export const wholePath = (folder: string, path: string): string => resolve(folder, fromHome(path));
