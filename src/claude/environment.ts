import { type CarrierInput, carriedValues } from './carriers.ts';

/**
 * Returns the environment of a worker: the server's own, without the marks of the session that started
 * the server, and with the variables that carry options.
 */
export function workerEnvironment(input: CarrierInput): Record<string, string> {
  const carried = carriedValues(input);
  const isPassed = (name: string) => input.passEnv?.includes(name) || !isOfSession(name);
  const inherited = Object.entries(input.parent).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && isPassed(entry[0]) && !(entry[0] in carried),
  );
  const given = Object.entries(carried).filter(([, value]) => value !== '');
  return Object.fromEntries([...inherited, ...given]);
}

/**
 * The marks of the session above: a worker with them would act, or write traces, as that session.
 * Measured on 2.1.332 with an MCP server and a Bash command of `claude`, with and without `--agent`
 * and `--bare`. Every other variable is the user's, also one that is not known here.
 */
const marks = new Set([
  ...['CLAUDECODE', 'AI_AGENT', 'CLAUDE_PID', 'CLAUDE_PROJECT_DIR', 'CLAUDE_ENV_FILE'],
  ...['CLAUDE_EFFORT', 'CLAUDE_AGENT_SDK_VERSION', 'CLAUDE_JOB_DIR'],
  ...['CLAUDE_CODE_ENTRYPOINT', 'CLAUDE_CODE_EXECPATH', 'CLAUDE_CODE_SSE_PORT'],
  ...['CLAUDE_CODE_REMOTE', 'CLAUDE_CODE_TMUX_SESSION', 'CLAUDE_CODE_TOOL_USE_ID'],
  // The flags --agent, --bare and --safe-mode of that session.
  ...['CLAUDE_CODE_AGENT', 'CLAUDE_CODE_SIMPLE', 'CLAUDE_CODE_SAFE_MODE'],
  // Of its debugger and its trace.
  ...['NODE_OPTIONS', 'DEBUG', 'TRACEPARENT', 'TRACESTATE'],
]);

/** The families of such marks; a new version of `claude` adds members. */
const families =
  /^(AWM_|CLAUDE_(PLUGIN|SESSION|BG|BRIDGE|RUNNER)_|CLAUDE_CODE_(SESSION|MESSAGING|CHILD|LAUNCHED_BY|SDK|BRIDGE|REMOTE|HOST|RESUME)_)/;

function isOfSession(name: string): boolean {
  return marks.has(name) || families.test(name);
}
