import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { ManagerError, nearest } from '../errors.ts';
import type { Options } from './options.ts';
import { type Machine, thisMachine, workersFor } from './resources.ts';
import { defaultable, flagOf, settings, variableOf } from './settings.ts';

/** What a server is told when it starts; the same for its whole life. */
export interface Config {
  /** The `claude` command: a name on PATH or a path. */
  claude: string;
  logsDir: string;
  /** The project's folder: the default working directory of workers. */
  projectDir: string;
  /** How many workers run at once; the others are queued. */
  maxWorkers: number;
  onExit: 'finish' | 'stop';
  /** Who may answer permissions: the calling model, or only its user, whom the client asks each time. */
  approvals: 'caller' | 'human';
  /** Seconds a settled worker's process stays, so that a follow-up needs no new start. */
  keepAliveSeconds: number;
  /** The most processes that are started before a worker wants them; 0 for none. */
  standby: number;
  machine: Machine;
  /** Defaults for worker options, over the built-in ones. */
  defaults: Options;
  /** The page beside the server: to answer in, or only to look at; absent when there is none. */
  view?: 'live' | 'readonly';
  /** How many servers are above this one; a worker's own server is at 1 and spawns nothing. */
  depth: number;
}

/**
 * The server's settings from its flags, then its environment, then the defaults.
 * @throws ManagerError `invalid_input` naming the setting, what it takes and what was found.
 */
export function readConfig(argv: string[], env: NodeJS.ProcessEnv): Config {
  const flags = readFlags(argv);
  const value = <Name extends keyof typeof settings>(name: Name) =>
    readSetting<z.infer<(typeof settings)[Name]['schema']>>(
      name,
      settings[name].schema,
      flags,
      env,
    );
  const view = value('view') ?? '0';
  const machine = thisMachine();
  const projectDir = resolve(env.CLAUDE_PROJECT_DIR || process.cwd());
  return {
    claude: commandOf(value('claude') ?? 'claude'),
    logsDir: resolve(projectDir, value('logs-dir') ?? 'logs'),
    projectDir,
    maxWorkers: value('max-workers') ?? workersFor(machine),
    onExit: value('on-exit') ?? 'finish',
    approvals: value('approvals') ?? 'caller',
    keepAliveSeconds: value('keep-alive-seconds') ?? 60,
    standby: value('standby') ?? 1,
    machine,
    defaults: readDefaults(flags, env),
    ...(view === '0' ? {} : { view: view === '1' ? ('live' as const) : view }),
    depth: value('depth') ?? 0,
  };
}

/** A path is taken from where the server runs, not from where a worker does; a name is left to PATH. */
const commandOf = (command: string) => (command.includes('/') ? resolve(command) : command);

function readFlags(argv: string[]): Record<string, unknown> {
  const names = [...Object.keys(settings), ...Object.keys(defaultable).map(flagOf)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  for (const argument of argv) {
    const name = /^--([^=]+)/.exec(argument)?.[1];
    if (name === undefined || names.includes(name)) continue;
    const near = nearest(name, names);
    const advice = near ? `did you mean --${near}?` : 'see --help for the ones there are.';
    throw new ManagerError('invalid_input', `Unknown flag --${name}; ${advice}`);
  }
  try {
    return parseArgs({ args: argv.map(withValue), options, strict: true }).values;
  } catch (error) {
    throw new ManagerError('invalid_input', error instanceof Error ? error.message : String(error));
  }
}

/** `--view` alone is the one flag that needs no value. */
function withValue(argument: string, index: number, argv: string[]): string {
  const next = argv[index + 1] ?? '-';
  return argument === '--view' && next.startsWith('-') ? '--view=1' : argument;
}

function readSetting<Value>(
  name: string,
  schema: z.ZodType,
  flags: Record<string, unknown>,
  env: NodeJS.ProcessEnv,
): Value | undefined {
  const variable = variableOf(name);
  const fromFlag = flags[name];
  const given = fromFlag ?? (env[variable] || undefined);
  if (given === undefined) return undefined;
  const parsed = given === '' ? undefined : schema.safeParse(given);
  // The schema handed in is the setting's own, so its output is the value the caller named.
  if (parsed?.success) return parsed.data as Value;
  const source = fromFlag === undefined ? variable : `--${name}`;
  const problem = parsed?.error.issues[0]?.message ?? 'not a value';
  throw new ManagerError('invalid_input', `${source} is "${String(given)}": ${problem}.`);
}

function readDefaults(flags: Record<string, unknown>, env: NodeJS.ProcessEnv): Options {
  const entries = Object.entries(defaultable).map(([option, schema]) => [
    option,
    readSetting(flagOf(option), schema, flags, env),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
