import { dirname, join, resolve } from 'node:path';
import { readdir, readFile } from '../files/calls.ts';

export type Files = readonly string[];

/** The folders that matter to a `claude`. */
export interface StartFolders {
  cwd: string;
  home: string;
  /** `~/.claude`, unless `CLAUDE_CONFIG_DIR` names another. */
  config: string;
}

/** There are more files than it pays to look at. */
export class TooManyFiles extends Error {
  override readonly name = 'TooManyFiles';
}

const mostFiles = 4_000;

/**
 * Every file that `claude` reads as it starts, there or not: instructions, settings, agents,
 * commands, skills and rules of the project and those above it, of the user and of the system.
 * Source: "Claude Code settings" and "Manage Claude's memory" of its documentation, CLI 2.1.330.
 * @throws TooManyFiles
 */
export async function filesReadAtStart(folders: StartFolders): Promise<Files> {
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
  if (files.length > mostFiles) throw new TooManyFiles(`More than ${mostFiles} files of settings.`);
  return [...new Set(files)].sort();
}

const instructionFiles = ['CLAUDE.md', 'CLAUDE.local.md', 'AGENTS.md'];

const configFolders = ['agents', 'commands', 'skills', 'rules', 'output-styles'];

const configFiles = [
  ...['settings.json', 'settings.local.json', '.credentials.json'],
  ...['plugins/installed_plugins.json', 'plugins/known_marketplaces.json', 'plugins/config.json'],
];

/** What a shell reads, and with it the environment in which commands are run. */
const homeFiles = [
  ...['.bashrc', '.bash_profile', '.profile', '.zshrc', '.zshenv', '.zprofile', '.gitconfig'],
];

const systemFolders = ['/etc/claude-code', '/Library/Application Support/ClaudeCode'];

/** The worktrees in `.claude` are whole projects, and nothing of them is read. */
const skipped = new Set(['worktrees', 'node_modules', '.git']);

/** A folder and all above it. */
export function ancestors(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...ancestors(above)];
}

/** As `claude` names the folder of a project's sessions. */
const slug = (folder: string): string => folder.replace(/[^a-zA-Z0-9]/g, '-');

const deepest = 8;

async function filesIn(folder: string, depth = 0): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  if (entries.length > mostFiles) throw new TooManyFiles(`${folder} has too many files.`);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isFile()) return [path];
      const isFolder = entry.isDirectory() || entry.isSymbolicLink();
      if (!isFolder || skipped.has(entry.name) || depth === deepest) return [path];
      return [path, ...(await filesIn(path, depth + 1))];
    }),
  );
  return found.flat();
}

/** How far an instruction that names a file, which names another, is followed. */
const furthest = 5;

/** The files that instructions take in by `@path`, whatever else an `@` may stand for. */
async function importedBy(files: string[], home: string, depth = 0): Promise<string[]> {
  if (files.length === 0 || depth === furthest) return [];
  const imported = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch(() => '');
      // A name at the end of a sentence has a mark behind it that is not its own.
      const names = [...text.matchAll(/(?:^|\s)@([^\s@]+?)[.,;:!?)]*(?=\s|$)/g)].map(
        ([, name = '']) => name,
      );
      return names.map((name) => resolve(dirname(file), name.replace(/^~(?=\/)/, home)));
    }),
  );
  const next = [...new Set(imported.flat())].filter((file) => !files.includes(file));
  return [...next, ...(await importedBy(next, home, depth + 1))];
}
