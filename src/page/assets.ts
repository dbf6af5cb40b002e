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
 * The files of the built page by their URL's path. What is asked for is looked up in the list of
 * what is there and never becomes a path, so nothing outside of the folder can be reached.
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
