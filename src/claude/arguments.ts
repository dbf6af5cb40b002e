import { resolve } from 'node:path';
import type { WorkerSpec } from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';
import type { WorkerPaths } from '../files/paths.ts';
import { asList, asObject, asText } from '../stream-json/message.ts';

/** What `claude` is started with. */
export interface ArgumentsInput {
  spec: Pick<WorkerSpec, 'session_id' | 'agent_type' | 'cwd'>;
  options: EffectiveOptions;
  paths: Pick<WorkerPaths, 'settings' | 'mcpConfig'>;
  /** Whether the session exists already, so that this process goes on with it. */
  resume: boolean;
  remembered: Record<string, unknown>[];
}

/** The arguments of `claude`. Prompts, system prompts and schemas go through its stdin instead. */
export function claudeArguments(input: ArgumentsInput): string[] {
  const { spec, options, resume, remembered } = input;
  return [
    '-p',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    '--replay-user-messages',
    ...['--permission-prompt-tool', 'stdio'],
    ...['--permission-mode', rememberedMode(remembered) ?? options.permission_mode],
    ...['--settings', settingsArgument(input), '--strict-mcp-config'],
    ...['--mcp-config', mcpConfigArgument(input)],
    ...[resume ? '--resume' : '--session-id', spec.session_id],
    ...one('--model', options.model),
    ...one('--agent', spec.agent_type),
    ...one('--fallback-model', options.fallback_model),
    ...one('--effort', options.effort),
    ...one('--max-turns', options.max_turns),
    ...one('--max-budget-usd', options.max_budget_usd),
    ...many(
      '--add-dir',
      options.add_dirs?.map((dir) => resolve(spec.cwd, dir)),
    ),
    ...many('--allowedTools', options.allowed_tools),
    ...many('--disallowedTools', options.disallowed_tools),
    ...(options.permission_mode === 'bypassPermissions'
      ? ['--allow-dangerously-skip-permissions']
      : []),
  ];
}

/** A text where it is the same for every worker, else a file, so that nothing private is an argument. */
function settingsArgument({ remembered, paths }: ArgumentsInput): string {
  return remembered.length > 0 ? paths.settings : JSON.stringify(claudeSettings([]));
}

function mcpConfigArgument({ options, paths }: ArgumentsInput): string {
  return options.mcp_config ? paths.mcpConfig : JSON.stringify(claudeMcpConfig(options));
}

/**
 * The settings of this worker alone: no messages from other sessions, and what was allowed with
 * `remember` in an earlier process, which the CLI keeps in memory only.
 */
export function claudeSettings(remembered: Record<string, unknown>[]): Record<string, unknown> {
  const allow = remembered.flatMap(({ type, behavior, rules }) =>
    type === 'addRules' && behavior === 'allow' ? asList(rules).flatMap(ruleText) : [],
  );
  const additionalDirectories = remembered.flatMap(({ type, directories }) =>
    type === 'addDirectories' ? asList(directories).filter(isText) : [],
  );
  return { crossSessionInbound: 'refuse', permissions: { allow, additionalDirectories } };
}

/** The MCP servers of this worker: only those of its own option, none of the project's or user's. */
export function claudeMcpConfig({ mcp_config }: EffectiveOptions): Record<string, unknown> {
  if (mcp_config === undefined) return { mcpServers: {} };
  return 'mcpServers' in mcp_config ? mcp_config : { mcpServers: mcp_config };
}

function rememberedMode(remembered: Record<string, unknown>[]): string | undefined {
  const mode = remembered.findLast(({ type }) => type === 'setMode')?.mode;
  return typeof mode === 'string' ? mode : undefined;
}

/** A rule as settings spell it, or nothing when the CLI offered nonsense. */
function ruleText(rule: unknown): string[] {
  const tool = asText(asObject(rule)?.toolName);
  const content = asText(asObject(rule)?.ruleContent);
  if (tool === undefined) return [];
  return [content === undefined ? tool : `${tool}(${content})`];
}

const isText = (value: unknown): boolean => typeof value === 'string';

const one = (flag: string, value: string | number | null | undefined): string[] =>
  value === undefined || value === null ? [] : [flag, String(value)];

const many = (flag: string, values: string[] = []): string[] =>
  values.length === 0 ? [] : [flag, ...values];
