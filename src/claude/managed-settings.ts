import { join } from 'node:path';
import { readdir, readFile } from '../files/calls.ts';
import { asObject, parseObject } from '../stream-json/message.ts';
import { carriers } from './carriers.ts';

/** The folders of the settings that an organization manages, on Linux and on macOS. */
const managedFolders = ['/etc/claude-code', '/Library/Application Support/ClaudeCode'];

/** The keys, besides the variables, that change options. Measured on 2.1.332. */
const keys: Record<string, string[]> = {
  availableModels: ['model', 'fallback_model'],
  allowManagedPermissionRulesOnly: ['allowed_tools'],
  'permissions.deny': ['allowed_tools'],
  'permissions.ask': ['allowed_tools'],
};

/** The variables with which a worker may end too early, or not be resumable. */
const promises = Object.keys(carriers).filter(
  (name) => carriers[name]?.carries === 'a promise' && /^CLAUDE_CODE_/.test(name),
);

/**
 * Returns sentences for the caller of a spawn when managed settings change what it asks for: `claude`
 * prefers them to everything else.
 */
export async function managedNotes(folders = managedFolders): Promise<string[]> {
  const files = (await Promise.all(folders.map(settingsFiles))).flat();
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const found = new Set(texts.flatMap(namesIn));
  const changed = [...found].flatMap((name) => {
    const options = keys[name] ?? carriers[name]?.carries;
    return Array.isArray(options) ? [{ name, options }] : [];
  });
  const broken = promises.filter((name) => found.has(name));
  const listed = (names: string[]) => [...new Set(names)].join(', ');
  return [
    ...(changed.length === 0
      ? []
      : [
          `The managed settings of this machine set ${listed(changed.map(({ name }) => name))}, and claude prefers them to the options ${listed(changed.flatMap(({ options }) => options))}.`,
        ]),
    ...(broken.length === 0
      ? []
      : [
          `The managed settings of this machine set ${listed(broken)}, so a worker may end too early, or not be resumable.`,
        ]),
  ];
}

/** Returns the names of the variables and keys that settings have; keys inside `permissions` with it. */
function namesIn(text: string): string[] {
  const settings = asObject(parseObject(text)) ?? {};
  const inside = (key: string) => Object.keys(asObject(settings[key]) ?? {});
  const permissions = inside('permissions').map((name) => `permissions.${name}`);
  return [...inside('env'), ...Object.keys(settings), ...permissions];
}

async function settingsFiles(folder: string): Promise<string[]> {
  const parts = join(folder, 'managed-settings.d');
  const names = await readdir(parts).catch(() => []);
  return [
    join(folder, 'managed-settings.json'),
    ...names.filter((name) => name.endsWith('.json')).map((name) => join(parts, name)),
  ];
}
