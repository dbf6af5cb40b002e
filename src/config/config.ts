import type * as z from 'zod';
import { ManagerError } from '../errors.ts';
import { earlierWorkers } from '../files/earlier-workers.ts';
import type { Folders } from '../files/paths.ts';
import { wholePath } from './given-path.ts';
import type { Options } from './options.ts';
import { type Machine, thisMachine, workersFor } from './resources.ts';
import { defaultable, flagOf, settings, variableOf } from './settings.ts';
import { stateDirOf } from './state-dir.ts';

/** The values of the flags that a server was started with, by the names of the flags. */
export type SettingFlags = {
  readonly [Flag in keyof typeof settings | `default-${string}`]?: string;
};

/** The settings of a server. They do not change while it runs. */
export interface Config extends Folders {
  /** The `claude` command: a name on PATH or a path. */
  claude: string;
  /** The project's folder: the default working directory of workers. */
  projectDir: string;
  /** The number of workers that run at once. The others are queued. */
  maxWorkers: number;
  onExit: 'finish' | 'stop';
  /** `caller`: the calling model may answer permissions. `human`: the client asks its user each time. */
  approvals: 'caller' | 'human';
  /** The seconds that a settled worker's process stays, so that a follow-up needs no new start. */
  keepAliveSeconds: number;
  /** The largest number of processes that are started before a worker needs them. */
  standby: number;
  /** Variables that workers get although they belong to the session above; absent for none. */
  passEnv?: string[];
  machine: Machine;
  /** Defaults of worker options. They replace the built-in defaults. */
  defaults: Options;
  /** The page beside the server; absent when there is none. `readonly`: it answers nothing. */
  view?: 'live' | 'readonly';
  /** The number of servers above this one. A worker's own server has 1 and spawns nothing. */
  depth: number;
}

/**
 * Reads the settings from the flags, then from the environment, then from the defaults.
 * @throws ManagerError `invalid_input` naming the setting, what it takes and what was found.
 */
export function readConfig(flags: SettingFlags, env: NodeJS.ProcessEnv): Config {
  const value = <Name extends keyof typeof settings>(name: Name) =>
    readSetting<z.infer<(typeof settings)[Name]['schema']>>(
      name,
      settings[name].schema,
      flags,
      env,
    );
  const view = value('view') ?? '0';
  const passEnv = value('pass-env') ?? [];
  const machine = thisMachine();
  const projectDir = wholePath(process.cwd(), env.CLAUDE_PROJECT_DIR || '.');
  const logsDir = wholePath(projectDir, value('logs-dir') ?? 'logs');
  const given = value('state-dir');
  const stateDir = stateDirOf(logsDir, given && wholePath(projectDir, given), env);
  return {
    claude: commandOf(value('claude') ?? 'claude'),
    ...{ logsDir, stateDir, earlier: earlierWorkers({ logsDir, stateDir }) },
    projectDir,
    maxWorkers: value('max-workers') ?? workersFor(machine),
    onExit: value('on-exit') ?? 'finish',
    approvals: value('approvals') ?? 'caller',
    keepAliveSeconds: value('keep-alive-seconds') ?? 60,
    standby: value('standby') ?? 1,
    ...(passEnv.length === 0 ? {} : { passEnv }),
    machine,
    defaults: readDefaults(flags, env),
    ...(view === '0' ? {} : { view: view === '1' ? ('live' as const) : view }),
    depth: value('depth') ?? 0,
  };
}

/** Resolves a path in the server's folder, because a worker may run in another. PATH finds a name. */
const commandOf = (command: string) =>
  command.includes('/') || command === '~' ? wholePath(process.cwd(), command) : command;

function readSetting<Value>(
  name: keyof SettingFlags,
  schema: z.ZodType,
  flags: SettingFlags,
  env: NodeJS.ProcessEnv,
): Value | undefined {
  const variable = variableOf(name);
  const fromFlag = flags[name];
  const given = fromFlag ?? (env[variable] || undefined);
  if (given === undefined) return undefined;
  const parsed = given === '' ? undefined : schema.safeParse(given);
  // The schema is the one of this setting, so its output has the type that the caller named.
  if (parsed?.success) return parsed.data as Value;
  const source = fromFlag === undefined ? variable : `--${name}`;
  const issue = parsed?.error.issues[0];
  const problem = issue?.message ?? 'not a value';
  const expected = issue?.code === 'custom' ? `expected ${problem}` : problem;
  throw new ManagerError('invalid_input', `${source} is "${given}": ${expected}.`);
}

function readDefaults(flags: SettingFlags, env: NodeJS.ProcessEnv): Options {
  const entries = Object.entries(defaultable).map(([option, schema]) => [
    option,
    readSetting(flagOf(option), schema, flags, env),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
