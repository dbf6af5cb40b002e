import { resolve } from 'node:path';
import type { WorkerSpec } from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';
import type { WorkerPaths } from '../files/paths.ts';
import { ruleTexts } from '../stream-json/permission-rules.ts';

/** What decides the arguments of a `claude`. */
export interface ArgumentsInput {
  spec: Pick<WorkerSpec, 'session_id' | 'agent_type' | 'cwd'>;
  options: EffectiveOptions;
  paths: Pick<WorkerPaths, 'settings' | 'mcpConfig'>;
  /** True when the session already exists, so that this process continues it. */
  resume: boolean;
  remembered: Record<string, unknown>[];
  deniedAgents: string[];
}

/** Returns the arguments of `claude`. Prompts, system prompts and schemas go through its stdin instead. */
export function claudeArguments(input: ArgumentsInput): string[] {
  const { spec, options, resume } = input;
  return [
    '-p',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    '--replay-user-messages',
    ...['--permission-prompt-tool', 'stdio'],
    ...['--permission-mode', options.permission_mode],
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

function disallowedTools({ options, deniedAgents }: ArgumentsInput): string[] {
  return [
    ...(options.disallowed_tools ?? []),
    ...(options.permission_mode === 'dontAsk' ? askingTools : []),
    ...deniedAgents.map((name) => `Agent(${name})`),
  ];
}

/** Returns a file when the settings are of one worker alone: other users can read arguments. */
function settingsArgument({ remembered, paths }: ArgumentsInput): string {
  return remembered.length > 0 ? paths.settings : JSON.stringify(claudeSettings([]));
}

function mcpConfigArgument({ options, paths }: ArgumentsInput): string {
  return options.mcp_config ? paths.mcpConfig : JSON.stringify(claudeMcpConfig(options));
}

/**
 * Returns the settings of one worker: no messages from other sessions, and the permissions that were
 * given with `remember` to its earlier processes, because the CLI keeps those in memory only.
 */
export function claudeSettings(remembered: Record<string, unknown>[]): Record<string, unknown> {
  return { crossSessionInbound: 'refuse', permissions: { allow: ruleTexts(remembered) } };
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
