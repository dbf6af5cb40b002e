import { resolve } from 'node:path';
import type { WorkerSpec } from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';
import type { WorkerPaths } from '../files/paths.ts';
import { ruleTexts } from '../stream-json/permission-rules.ts';

/** What decides the arguments of a `claude`. */
export interface ArgumentsInput {
  spec: Pick<WorkerSpec, 'session_id' | 'agent_type' | 'cwd'>;
  options: EffectiveOptions;
  /** The permission mode of this process, in place of the worker's own. */
  mode?: string;
  paths: Pick<WorkerPaths, 'settings' | 'mcpConfig'>;
  /** True when the session already exists, so that this process continues it. */
  resume: boolean;
  remembered: Record<string, unknown>[];
  deniedAgents: string[];
  /** The variables that no settings file of the user or the project may change. */
  variables: WorkerVariables;
}

/** Variables for the `env` of a worker's settings. */
export interface WorkerVariables {
  values: Record<string, string>;
  /** True when a value may be a secret. */
  isPrivate: boolean;
}

/** What decides the settings of a worker. */
type SettingsInput = Pick<ArgumentsInput, 'remembered' | 'variables'>;

/** Returns the arguments of `claude`. Prompts, system prompts and schemas go through its stdin instead. */
export function claudeArguments(input: ArgumentsInput): string[] {
  const { spec, options, mode = options.permission_mode, resume } = input;
  return [
    '-p',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    '--replay-user-messages',
    ...['--permission-prompt-tool', 'stdio'],
    ...['--permission-mode', mode],
    ...['--settings', settingsArgument(input), '--strict-mcp-config'],
    ...['--mcp-config', mcpConfigArgument(input)],
    ...[resume ? '--resume' : '--session-id', spec.session_id],
    ...single('--model', options.model),
    ...single('--agent', spec.agent_type),
    ...single('--fallback-model', options.fallback_model),
    ...single('--effort', options.effort),
    ...single('--max-turns', options.max_turns),
    ...single('--max-budget-usd', options.max_budget_usd),
    ...multiple(
      '--add-dir',
      options.add_dirs?.map((dir) => resolve(spec.cwd, dir)),
    ),
    ...multiple('--allowedTools', options.allowed_tools),
    ...multiple('--disallowedTools', disallowedTools(input)),
    ...(options.permission_mode === 'bypassPermissions'
      ? ['--allow-dangerously-skip-permissions']
      : []),
  ];
}

/** The tools with which `claude` 2.1.332 asks in every mode, also in `dontAsk`. */
const askingTools = ['EnterPlanMode', 'ExitPlanMode'];

/** The tools that plan something for later: a settled `claude` leaves, and the plan is lost with it. */
const plannedTools = ['ScheduleWakeup', 'CronCreate'];

function disallowedTools({ options, deniedAgents }: ArgumentsInput): string[] {
  return [
    ...(options.disallowed_tools ?? []),
    ...plannedTools,
    ...(options.permission_mode === 'dontAsk' ? askingTools : []),
    ...deniedAgents.map((name) => `Agent(${name})`),
  ];
}

function settingsArgument(input: ArgumentsInput): string {
  return hasPrivateSettings(input) ? input.paths.settings : JSON.stringify(claudeSettings(input));
}

/** True when the settings need a file: other users can read arguments. */
export function hasPrivateSettings({ remembered, variables }: SettingsInput): boolean {
  return remembered.length > 0 || variables.isPrivate;
}

function mcpConfigArgument({ options, paths }: ArgumentsInput): string {
  return options.mcp_config ? paths.mcpConfig : JSON.stringify(claudeMcpConfig(options));
}

/**
 * Returns the settings of one worker: no messages from other sessions; the permissions that were given
 * with `remember` to its earlier processes, because the CLI keeps those in memory only; and the
 * variables of its options, because the `env` of a settings file beats the environment.
 */
export function claudeSettings({ remembered, variables }: SettingsInput): Record<string, unknown> {
  return {
    crossSessionInbound: 'refuse',
    permissions: { allow: ruleTexts(remembered) },
    env: variables.values,
  };
}

/** Returns the MCP servers of the worker's own option; it gets none of the project or the user. */
export function claudeMcpConfig({ mcp_config }: EffectiveOptions): Record<string, unknown> {
  if (mcp_config === undefined) return { mcpServers: {} };
  return 'mcpServers' in mcp_config ? mcp_config : { mcpServers: mcp_config };
}

const single = (flag: string, value: string | number | null | undefined): string[] =>
  value === undefined || value === null ? [] : [flag, String(value)];

const multiple = (flag: string, values: string[] = []): string[] =>
  values.length === 0 ? [] : [flag, ...values];
