import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Reads a folder and everything in it: kind, mode, time and hash of the content, by path. */
export async function treeOf(root: string): Promise<Record<string, string>> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = [root, ...found.map(({ parentPath, name }) => join(parentPath, name))].sort();
  const entries = await Promise.all(
    paths.map(async (path) => [relative(root, path) || '.', await describe(path)]),
  );
  return Object.fromEntries(entries);
}

async function describe(path: string): Promise<string> {
  const found = await lstat(path);
  const parts = [found.mode.toString(8), found.mtimeMs];
  if (found.isSymbolicLink()) parts.push(await readlink(path));
  if (found.isFile()) {
    const hash = createHash('sha256').update(await readFile(path));
    parts.push(found.size, hash.digest('hex'));
  }
  return parts.join(' ');
}
