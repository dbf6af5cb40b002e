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
    (text) => !/\$(?:\w|\{)/.test(text),
    'a path without variables, because nothing replaces them here (write the path out, or begin with "~/" for your home folder)',
  );

/** Returns a path with the home folder in the place of `~`; any other path stays. */
export function fromHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? `${homedir()}${path.slice('~'.length)}` : path;
}

/** Returns a whole path: `~` is the home folder, all else is relative to a folder. */
export const wholePath = (folder: string, path: string): string => resolve(folder, fromHome(path));
