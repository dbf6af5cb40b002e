import { join } from 'node:path';
import { readdir, readFile } from '../files/calls.ts';
import { asObject, parseObject } from '../stream-json/message.ts';
import { carriers } from './carriers.ts';

/** The folders of the settings that an organization manages, on Linux and on macOS. */
const managedFolders = ['/etc/claude-code', '/Library/Application Support/ClaudeCode'];

/**
 * Returns a sentence for the caller of a spawn when managed settings set a variable that carries an
 * option: `claude` prefers them to everything else, so the option has no effect.
 */
export async function managedNotes(folders = managedFolders): Promise<string[]> {
  const files = (await Promise.all(folders.map(settingsFiles))).flat();
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const set = new Set(texts.flatMap((text) => Object.keys(asObject(parseObject(text)?.env) ?? {})));
  const carrying = Object.entries(carriers).filter(
    ([name, { carries }]) => set.has(name) && carries !== 'a promise',
  );
  if (carrying.length === 0) return [];
  const names = carrying.map(([name]) => name).join(', ');
  const options = [...new Set(carrying.flatMap(([, { carries }]) => carries))].join(', ');
  return [
    `The managed settings of this machine set ${names}, and claude prefers them to the options ${options}.`,
  ];
}

async function settingsFiles(folder: string): Promise<string[]> {
  const parts = join(folder, 'managed-settings.d');
  const names = await readdir(parts).catch(() => []);
  return [
    join(folder, 'managed-settings.json'),
    ...names.filter((name) => name.endsWith('.json')).map((name) => join(parts, name)),
  ];
}
