import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { EffectiveOptions } from '../config/options.ts';
import { readdir, readFile } from '../files/calls.ts';
import { ancestors } from '../files/paths.ts';

/** The parts of a start that decide which agent files `claude` finds. */
export interface AgentPlaces {
  cwd: string;
  env: NodeJS.ProcessEnv;
  options: Pick<EffectiveOptions, 'permission_mode' | 'add_dirs'>;
}

/** The modes of a worker in which an agent file grants nothing more than the worker has. */
const grantingModes = ['acceptEdits', 'auto', 'bypassPermissions'];

/** The modes of an agent file that grant nothing. */
const narrowModes = ['default', 'plan', 'dontAsk'];

/**
 * Returns the names of the agents whose files grant what the worker's own mode does not. `claude` lets a
 * subagent edit without a question when its file says `permissionMode: acceptEdits`, also in a worker
 * that has to ask. Measured on 2.1.330; the flag `--disallowedTools Agent(name)` denies such an agent.
 */
export async function grantingAgents(places: AgentPlaces): Promise<string[]> {
  if (grantingModes.includes(places.options.permission_mode)) return [];
  const files = (
    await Promise.all(agentFolders(places).map((folder) => markdownIn(folder)))
  ).flat();
  const names = await Promise.all([...new Set(files)].map(grantingNames));
  return [...new Set(names.flat())].sort();
}

/** Source: "Create custom subagents" of Claude Code's documentation. */
function agentFolders({ cwd, env, options }: AgentPlaces): string[] {
  const home = env.HOME ?? homedir();
  const added = (options.add_dirs ?? []).map((folder) => resolve(cwd, folder));
  return [
    ...[...ancestors(cwd), ...added, home].map((folder) => join(folder, '.claude')),
    ...(env.CLAUDE_CONFIG_DIR === undefined ? [] : [env.CLAUDE_CONFIG_DIR]),
  ].map((folder) => join(folder, 'agents'));
}

async function markdownIn(folder: string, depth = 0): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      const isFolder = entry.isDirectory() || entry.isSymbolicLink();
      const inside = isFolder && depth < maxDepth ? await markdownIn(path, depth + 1) : [];
      return entry.name.endsWith('.md') ? [path, ...inside] : inside;
    }),
  );
  return found.flat();
}

const maxDepth = 8;

/** Returns the names of an agent whose file grants; no names for another file. */
async function grantingNames(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const front = /^\uFEFF?\s*---[^\S\n]*\n(.*?)\n\s*---/s.exec(text)?.[1];
  if (front === undefined) return [];
  // Loaded here, because most projects have no agent files.
  const { valuesOf } = await import('./front-matter.ts');
  const isNarrow = valuesOf('permissionMode', front).every((mode) => narrowModes.includes(mode));
  return isNarrow ? [] : [...valuesOf('name', front), basename(path, '.md')];
}
