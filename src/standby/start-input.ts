import type { LaunchInput } from '../claude/launch.ts';
import { type LaunchSubject, launchInput } from '../claude/start.ts';
import { standbyPaths } from '../files/paths.ts';
import { isAlias } from '../models/facts.ts';

/** What a worker's process is started as: whatever tells one start from another. */
export type SetUp = Pick<LaunchSubject, 'options'> &
  Pick<LaunchSubject['spec'], 'agent_type' | 'cwd'>;

/** The ids that a process was started with. */
export interface Ids {
  worker_id: string;
  session_id: string;
}

/** What a process with these ids is started with for this set-up, in the folder where it waits. */
export function inputFor(
  deps: LaunchSubject['deps'],
  logsDir: string,
  ids: Ids,
  { options, agent_type, cwd }: SetUp,
): LaunchInput {
  const paths = standbyPaths(logsDir, ids.worker_id);
  const spec = { ...ids, agent_type, cwd };
  return launchInput({ deps, spec, options, paths, resume: false, remembered: [] });
}

/** Servers of the worker's own are commands that would run unused; other folders bring settings too. */
export function canWait({ options }: SetUp): boolean {
  return options.mcp_config === undefined && options.add_dirs === undefined;
}

/**
 * All but the folder, which is renamed, and the model where it is an alias, which can be set later.
 * For a full name `claude` asks the API first, and keeps the old model if the API does not have it.
 */
export function isSameStart(waiting: LaunchInput, wanted: LaunchInput): boolean {
  const text = ({ command, args, env, cwd }: LaunchInput) =>
    JSON.stringify([command, withoutModel(args), Object.entries(env).sort(), cwd]);
  const [before, after] = [modelIn(waiting), modelIn(wanted)];
  const canHaveModel = before === after || (after !== undefined && isAlias(after));
  return canHaveModel && text(waiting) === text(wanted);
}

const modelIn = ({ args }: LaunchInput): string | undefined =>
  args.find((_, index) => args[index - 1] === '--model');

const withoutModel = (args: string[]): string[] =>
  args.filter((arg, index) => arg !== '--model' && args[index - 1] !== '--model');
