import type { LaunchInput } from '../claude/launch.ts';
import { type LaunchSubject, launchInput } from '../claude/start.ts';
import { type Folders, standbyPaths } from '../files/paths.ts';
import { isAlias } from '../models/facts.ts';

/** What a worker's process is started with, apart from its ids. */
export type SetUp = Pick<LaunchSubject, 'options'> &
  Pick<LaunchSubject['spec'], 'agent_type' | 'cwd'>;

/** The ids that a process was started with. */
export interface Ids {
  worker_id: string;
  session_id: string;
}

/** Returns the input with which a standby process is started. */
export function inputFor(...start: Parameters<typeof subjectFor>): LaunchInput {
  return launchInput(subjectFor(...start));
}

/** Returns the worker that a standby process is started for. */
export function subjectFor(
  deps: LaunchSubject['deps'],
  folders: Folders,
  ids: Ids,
  { options, agent_type, cwd }: SetUp,
  deniedAgents: string[],
): LaunchSubject {
  const paths = standbyPaths(folders, ids.worker_id);
  const spec = { ...ids, agent_type, cwd };
  return { deps, spec, options, paths, resume: false, remembered: [], deniedAgents };
}

/** True when a process may be started ahead: MCP servers are commands that would run unused, and added folders bring settings. */
export function canWait({ options }: SetUp): boolean {
  return options.mcp_config === undefined && options.add_dirs === undefined;
}

/**
 * True when both inputs start the same process. The folder may differ, because it is renamed. The
 * model may differ when it is an alias, which can be set later; for a full name `claude` asks the API
 * first, and keeps the old model if the API does not have it.
 */
export function isSameStart(waiting: LaunchInput, wanted: LaunchInput): boolean {
  const text = ({ command, args, env, cwd }: LaunchInput) =>
    JSON.stringify([command, withoutModel(args), Object.entries(env).sort(), cwd]);
  const [before, after] = [modelIn(waiting), modelIn(wanted)];
  const canSetModel = before === after || (after !== undefined && isAlias(after));
  return canSetModel && text(waiting) === text(wanted);
}

const modelIn = ({ args }: LaunchInput): string | undefined =>
  args.find((_, index) => args[index - 1] === '--model');

const withoutModel = (args: string[]): string[] =>
  args.filter((arg, index) => arg !== '--model' && args[index - 1] !== '--model');
