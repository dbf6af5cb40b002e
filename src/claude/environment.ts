import { type EffectiveOptions, leastThinking } from '../config/options.ts';

/** What decides the environment of a worker. */
export interface EnvironmentInput {
  parent: NodeJS.ProcessEnv;
  worker_id: string;
  options: EffectiveOptions;
  keepAliveSeconds: number;
  depth: number;
}

/**
 * Returns the environment of a worker: the server's own, without the variables of the parent session,
 * and with the options that `claude` takes only from its environment.
 */
export function workerEnvironment(input: EnvironmentInput): Record<string, string> {
  const { parent, worker_id, options, keepAliveSeconds, depth } = input;
  const inherited = Object.entries(parent).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isStripped(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    AWM_WORKER: worker_id,
    AWM_DEPTH: String(depth + 1),
    DISABLE_AUTOUPDATER: '1',
    // Writes the session file at once, so that even a killed worker can be resumed.
    CLAUDE_CODE_EAGER_FLUSH: '1',
    CLAUDE_CODE_EXIT_AFTER_STOP_DELAY: String(Math.max(1, Math.round(keepAliveSeconds * 1000))),
    ...(options.max_tokens === undefined
      ? {}
      : { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(options.max_tokens) }),
    MAX_THINKING_TOKENS: String(thinkingTokens(options, parent)),
    ...extraBody(options),
  };
}

/** Variables of the parent session: a worker with them would act, or write traces, as the parent. */
const stripped = new Set([
  'CLAUDECODE',
  'CLAUDE_PROJECT_DIR',
  'CLAUDE_ENV_FILE',
  'CLAUDE_EFFORT',
  'CLAUDE_AGENT_SDK_VERSION',
  'NODE_OPTIONS',
  'DEBUG',
  'TRACEPARENT',
  'TRACESTATE',
]);

/** The `CLAUDE_CODE_*` that workers inherit: providers, credentials, network policy and limits of the user. */
const inheritedClaudeCode =
  /^CLAUDE_CODE_(USE_|SKIP_|OAUTH_|API_KEY_|CLIENT_|CERT_STORE$|DISABLE_NONESSENTIAL_TRAFFIC$|MAX_OUTPUT_TOKENS$|MAX_RETRIES$|RETRY_WATCHDOG$)/;

function isStripped(name: string): boolean {
  if (stripped.has(name) || name.startsWith('CLAUDE_PLUGIN_') || name.startsWith('AWM_')) {
    return true;
  }
  return name.startsWith('CLAUDE_CODE_') && !inheritedClaudeCode.test(name);
}

/** Returns half of the output tokens: the CLI's own default would leave one token for the answer. */
function thinkingTokens(options: EffectiveOptions, parent: NodeJS.ProcessEnv): number {
  if (!options.thinking && options.top_p === undefined) return 0;
  const output =
    options.max_tokens ?? (Number(parent.CLAUDE_CODE_MAX_OUTPUT_TOKENS) || defaultMaxTokens);
  return Math.max(leastThinking, Math.floor(output / 2));
}

/** The CLI's own limit for models that take a thinking budget (2.1.332); newer models take none. */
const defaultMaxTokens = 32_000;

/** Returns the sampling options. They have no flag; the CLI merges this variable into its API request. */
function extraBody(options: EffectiveOptions): Record<string, string> {
  const { temperature, top_p, top_k, thinking } = options;
  const body = {
    ...(temperature === 1 ? {} : { temperature }),
    ...{ top_p, top_k },
    // Without thinking claude sends a temperature, and the API refuses top_p together with one. So
    // thinking is on for claude, and off in the request.
    ...(top_p === undefined || thinking
      ? {}
      : { thinking: { type: 'disabled' }, context_management: { edits: [] } }),
  };
  const text = JSON.stringify(body);
  return text === '{}' ? {} : { CLAUDE_CODE_EXTRA_BODY: text };
}
