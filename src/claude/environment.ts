import { type EffectiveOptions, leastThinking } from '../config/options.ts';

/** What a worker's environment is made from. */
export interface EnvironmentInput {
  parent: NodeJS.ProcessEnv;
  worker_id: string;
  options: EffectiveOptions;
  keepAliveSeconds: number;
  depth: number;
}

/**
 * The environment of a worker: the server's own, less what belongs to the parent session, plus the
 * options that `claude` takes from its environment only.
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

/** Parts of the parent session that would make a worker think it is the parent, or trace as it. */
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

/** Of the parent's own `CLAUDE_CODE_*`: providers, credentials, network policy and limits of the user. */
const keptOfClaudeCode =
  /^CLAUDE_CODE_(USE_|SKIP_|OAUTH_|API_KEY_|CLIENT_|CERT_STORE$|DISABLE_NONESSENTIAL_TRAFFIC$|MAX_OUTPUT_TOKENS$|MAX_RETRIES$|RETRY_WATCHDOG$)/;

function isStripped(name: string): boolean {
  if (stripped.has(name) || name.startsWith('CLAUDE_PLUGIN_') || name.startsWith('AWM_')) {
    return true;
  }
  return name.startsWith('CLAUDE_CODE_') && !keptOfClaudeCode.test(name);
}

/** Half of the output for thinking; the CLI's own default would leave one token for the answer. */
function thinkingTokens(options: EffectiveOptions, parent: NodeJS.ProcessEnv): number {
  if (!options.thinking && options.top_p === undefined) return 0;
  const output =
    options.max_tokens ?? (Number(parent.CLAUDE_CODE_MAX_OUTPUT_TOKENS) || ownMaxTokens);
  return Math.max(leastThinking, Math.floor(output / 2));
}

/** What the CLI asks for by itself of models that take a budget (2.1.332); newer ones take none. */
const ownMaxTokens = 32_000;

/** Sampling has no flag: `CLAUDE_CODE_EXTRA_BODY` is merged into the API request. */
function extraBody(options: EffectiveOptions): Record<string, string> {
  const { temperature, top_p, top_k, thinking } = options;
  const body = {
    ...(temperature === 1 ? {} : { temperature }),
    ...{ top_p, top_k },
    // Without thinking claude sends a temperature, and the API takes no top_p beside one. So
    // claude is told to think, and the request is told not to.
    ...(top_p === undefined || thinking
      ? {}
      : { thinking: { type: 'disabled' }, context_management: { edits: [] } }),
  };
  const text = JSON.stringify(body);
  return text === '{}' ? {} : { CLAUDE_CODE_EXTRA_BODY: text };
}
