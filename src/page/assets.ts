import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { unlessMissing } from '../files/private-files.ts';

/** A file of the built page. */
export interface Asset {
  type: string;
  body: Buffer;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
};

/**
 * Serves the files of the built page by the path of their URL. A requested path is looked up in the list
 * of existing files and is never used as a path, so no file outside the folder can be reached.
 */
export function createAssets(folder: string): (path: string) => Promise<Asset | undefined> {
  let listing: Promise<Map<string, string>> | undefined;
  return async (path) => {
    listing ??= listFiles(folder);
    const file = (await listing).get(path === '/' ? '/index.html' : path);
    if (file === undefined) return undefined;
    const type = types[extname(file)] ?? 'application/octet-stream';
    return { type, body: await readFile(file) };
  };
}

async function listFiles(folder: string): Promise<Map<string, string>> {
  const entries = await unlessMissing(readdir(folder, { withFileTypes: true, recursive: true }));
  const files = (entries ?? []).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [`/${relative(folder, path)}`, path]));
}
