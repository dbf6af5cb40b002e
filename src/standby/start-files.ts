import { dirname, join, resolve } from 'node:path';
import { readdir, readFile } from '../files/calls.ts';
import { ancestors } from '../files/paths.ts';

/** The folders whose files a `claude` reads at its start. */
export interface StartFolders {
  cwd: string;
  home: string;
  /** `~/.claude`, unless `CLAUDE_CONFIG_DIR` names another. */
  config: string;
}

/** The error of a start that reads more than `maxFiles` files. */
export class TooManyFiles extends Error {
  override readonly name = 'TooManyFiles';
}

/** With more files, a check takes longer than a start ahead saves. */
const maxFiles = 4_000;

/**
 * Returns the paths of all files that `claude` reads at its start, existing or not: instructions,
 * settings, agents, commands, skills and rules of the project, of the folders above it, of the user
 * and of the system.
 * Source: "Claude Code settings" and "Manage Claude's memory" of its documentation, CLI 2.1.330.
 * @throws TooManyFiles
 */
export async function filesReadAtStart(folders: StartFolders): Promise<string[]> {
  const { cwd, home, config } = folders;
  const above = ancestors(cwd);
  const instructions = [
    ...above.flatMap((folder) => instructionFiles.map((name) => join(folder, name))),
    ...above.map((folder) => join(folder, '.claude', 'CLAUDE.md')),
    join(config, 'CLAUDE.md'),
  ];
  const projectFolders = above.map((folder) => join(folder, '.claude'));
  const walked = await Promise.all([
    ...projectFolders.filter((folder) => folder !== config).map((folder) => filesIn(folder)),
    ...configFolders.map((name) => filesIn(join(config, name))),
    ...above.map((folder) => filesIn(join(config, 'projects', slug(folder), 'memory'))),
    ...systemFolders.map((folder) => filesIn(folder)),
  ]);
  const files = [
    ...instructions,
    ...(await importedBy(instructions, home)),
    ...above.map((folder) => join(folder, '.mcp.json')),
    ...configFiles.map((name) => join(config, name)),
    ...homeFiles.map((name) => join(home, name)),
    ...walked.flat(),
  ];
  if (files.length > maxFiles) throw new TooManyFiles(`More than ${maxFiles} files of settings.`);
  return [...new Set(files)].sort();
}

const instructionFiles = ['CLAUDE.md', 'CLAUDE.local.md', 'AGENTS.md'];

const configFolders = ['agents', 'commands', 'skills', 'rules', 'output-styles'];

const configFiles = [
  ...['settings.json', 'settings.local.json', '.credentials.json'],
  ...['plugins/installed_plugins.json', 'plugins/known_marketplaces.json', 'plugins/config.json'],
];

/** The files that a shell reads: they decide the environment in which `claude` runs commands. */
const homeFiles = [
  ...['.bashrc', '.bash_profile', '.profile', '.zshrc', '.zshenv', '.zprofile', '.gitconfig'],
];

const systemFolders = ['/etc/claude-code', '/Library/Application Support/ClaudeCode'];

/** The folders that `claude` does not read; a worktree in `.claude` is a whole project. */
const skipped = new Set(['worktrees', 'node_modules', '.git']);

/** Returns the name that `claude` gives the folder of a project's sessions. */
const slug = (folder: string): string => folder.replace(/[^a-zA-Z0-9]/g, '-');

/** How many levels of folders are read. */
const maxDepth = 8;

/** Returns the paths of all files and folders in a folder. */
async function filesIn(folder: string, depth = 0): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.length > maxFiles) throw new TooManyFiles(`${folder} has too many files.`);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isFile()) return [path];
      const isFolder = entry.isDirectory() || entry.isSymbolicLink();
      if (!isFolder || skipped.has(entry.name) || depth === maxDepth) return [path];
      return [path, ...(await filesIn(path, depth + 1))];
    }),
  );
  return found.flat();
}

/** How many levels of imports are followed: a file imports a file that imports a file. */
const maxImportDepth = 5;

/** Returns the files that instructions import with `@path`; an `@` with another meaning does no harm. */
async function importedBy(files: string[], home: string, depth = 0): Promise<string[]> {
  if (files.length === 0 || depth === maxImportDepth) return [];
  const imported = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch(() => '');
      // A punctuation mark at the end of a sentence is not part of the path.
      const names = [...text.matchAll(/(?:^|\s)@([^\s@]+?)[.,;:!?)]*(?=\s|$)/g)].map(
        ([, name = '']) => name,
      );
      return names.map((name) => resolve(dirname(file), name.replace(/^~(?=\/)/, home)));
    }),
  );
  const next = [...new Set(imported.flat())].filter((file) => !files.includes(file));
  return [...next, ...(await importedBy(next, home, depth + 1))];
}
