import { describe, expect, it } from 'vitest';
import { workerEnvironment } from '../../../src/claude/environment.ts';
import { type Options, withDefaults } from '../../../src/config/options.ts';
import { workerId } from '../fixtures.ts';

function environmentOf(parent: NodeJS.ProcessEnv, given: Options = {}, keepAliveSeconds = 10) {
  const options = withDefaults(given, {});
  return workerEnvironment({ parent, worker_id: workerId(), options, keepAliveSeconds, depth: 0 });
}

describe('a worker does not inherit from the server', () => {
  it.each([
    ...['CLAUDECODE', 'CLAUDE_PROJECT_DIR', 'CLAUDE_ENV_FILE', 'CLAUDE_EFFORT', 'NODE_OPTIONS'],
    ...['CLAUDE_PLUGIN_ROOT', 'CLAUDE_PLUGIN_DATA', 'CLAUDE_PLUGIN_OPTION_KEY', 'DEBUG'],
    ...['CLAUDE_CODE_ENTRYPOINT', 'CLAUDE_CODE_SESSION_ID', 'CLAUDE_CODE_CHILD_SESSION'],
    ...['CLAUDE_CODE_SSE_PORT', 'CLAUDE_CODE_MESSAGING_SOCKET', 'CLAUDE_CODE_BRIDGE_SESSION_ID'],
    ...['CLAUDE_CODE_MESSAGING_TOKEN', 'CLAUDE_CODE_REMOTE', 'CLAUDE_CODE_REMOTE_SESSION_ID'],
    ...['AI_AGENT', 'CLAUDE_PID', 'CLAUDE_JOB_DIR', 'CLAUDE_BG_BACKEND', 'CLAUDE_SESSION_ID'],
    ...['CLAUDE_CODE_CHILD_NOTES_DIR', 'CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS'],
    ...['CLAUDE_CODE_SESSION_ATTENDED', 'CLAUDE_CODE_EXECPATH', 'CLAUDE_CODE_SDK_NEW_IN_2_2'],
    ...['CLAUDE_CODE_HOST_SESSION_ID', 'CLAUDE_CODE_AGENT', 'CLAUDE_CODE_SIMPLE'],
    ...['CLAUDE_CODE_SKIP_PROMPT_HISTORY', 'CLAUDE_CODE_RESUME_INTERRUPTED_TURN'],
    ...['CLAUDE_CODE_EXTRA_BODY', 'CLAUDE_AGENT_SDK_VERSION', 'TRACEPARENT', 'TRACESTATE'],
    ...['AWM_LOGS_DIR', 'AWM_MAX_WORKERS', 'AWM_CLAUDE', 'AWM_DEFAULT_MODEL', 'AWM_ON_EXIT'],
  ])('%s', (name) => {
    expect(environmentOf({ [name]: 'parent' })).not.toHaveProperty(name);
  });
});

it('a worker inherits the marks that pass-env names, and no value that the server decides', () => {
  const parent = { DEBUG: 'on', CLAUDE_CODE_HOST_PORT: '1', NODE_OPTIONS: 'no', AWM_WORKER: 'no' };
  const passEnv = ['DEBUG', 'CLAUDE_CODE_HOST_PORT', 'AWM_WORKER', 'NOT_THERE'];
  const input = { worker_id: workerId(), options: withDefaults({}, {}), keepAliveSeconds: 1 };
  const variables = workerEnvironment({ ...input, parent, passEnv, depth: 0 });
  expect(variables).toMatchObject({ DEBUG: 'on', CLAUDE_CODE_HOST_PORT: '1' });
  expect(variables.AWM_WORKER).toBe(workerId());
  for (const name of ['NODE_OPTIONS', 'NOT_THERE']) expect(variables).not.toHaveProperty(name);
});

describe('a worker inherits from the server', () => {
  it.each([
    ...['PATH', 'HOME', 'LANG', 'TERM', 'SSH_AUTH_SOCK', 'https_proxy', 'NO_PROXY'],
    ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_MODEL'],
    ...['AWS_PROFILE', 'AWS_REGION', 'GOOGLE_APPLICATION_CREDENTIALS', 'CLAUDE_CONFIG_DIR'],
    ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_SKIP_BEDROCK_AUTH'],
    ...['CLAUDE_CODE_OAUTH_TOKEN', 'CLAUDE_CODE_API_KEY_HELPER_TTL_MS', 'CLAUDE_CODE_CLIENT_CERT'],
    ...['CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', 'NODE_EXTRA_CA_CERTS', 'DISABLE_TELEMETRY'],
    ...['CLAUDE_CODE_MAX_OUTPUT_TOKENS', 'CLAUDE_CODE_MAX_TURNS', 'CLAUDE_CODE_EFFORT_LEVEL'],
    ...['CLAUDE_CODE_SHELL_PREFIX', 'CLAUDE_CODE_SUBPROCESS_ENV_SCRUB', 'CLAUDE_CODE_TMPDIR'],
    ...['CLAUDE_CODE_DISABLE_BACKGROUND_TASKS', 'CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS'],
    ...['CLAUDE_CODE_SUBAGENT_MODEL', 'CLAUDE_CODE_DISABLE_AUTO_MEMORY', 'CLAUDE_CODE_SHELL'],
    ...['CLAUDE_CODE_SESSIONEND_HOOKS_TIMEOUT_MS', 'CLAUDE_CODE_NEW_IN_2_2', 'TMPDIR', 'AI_MINE'],
  ])('%s', (name) => {
    expect(environmentOf({ [name]: 'parent' })).toMatchObject({ [name]: 'parent' });
  });
});

describe('every worker', () => {
  it('gets the variables that make it resumable, found by its id, and exit when idle', () => {
    expect(environmentOf({})).toEqual({
      AWM_WORKER: workerId(),
      AWM_DEPTH: '1',
      CLAUDE_CODE_SDK_READS_SESSION_STATE: '1',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_EAGER_FLUSH: '1',
      CLAUDE_CODE_EXIT_AFTER_STOP_DELAY: '10000',
      MAX_THINKING_TOKENS: '0',
    });
  });

  it.each([
    [0, '1'],
    [0.0001, '1'],
    [2.5, '2500'],
    [86_400, '86400000'],
  ])(
    'with a keep-alive of %d s exits after %s idle ms, never at once or not at all',
    (seconds, delay) => {
      const { CLAUDE_CODE_EXIT_AFTER_STOP_DELAY } = environmentOf({}, {}, seconds);
      expect(CLAUDE_CODE_EXIT_AFTER_STOP_DELAY).toBe(delay);
    },
  );

  it('is one level deeper than its server', () => {
    const options = withDefaults({}, {});
    const input = { parent: { AWM_DEPTH: '7' }, worker_id: workerId(), options };
    expect(workerEnvironment({ ...input, keepAliveSeconds: 1, depth: 1 }).AWM_DEPTH).toBe('2');
  });

  it('does not get a variable without a value', () => {
    expect(environmentOf({ HOME: undefined })).not.toHaveProperty('HOME');
  });
});

describe('the option', () => {
  it.each<[Options, Record<string, string>]>([
    [{ max_tokens: 100 }, { CLAUDE_CODE_MAX_OUTPUT_TOKENS: '100', MAX_THINKING_TOKENS: '0' }],
    [{ thinking: true, max_tokens: 9001 }, { MAX_THINKING_TOKENS: '4500' }],
    [{ thinking: true, max_tokens: 1500 }, { MAX_THINKING_TOKENS: '1024' }],
    [{ temperature: 0 }, { CLAUDE_CODE_EXTRA_BODY: '{"temperature":0}' }],
    [{ top_k: 40 }, { CLAUDE_CODE_EXTRA_BODY: '{"top_k":40}', MAX_THINKING_TOKENS: '0' }],
    [
      { thinking: true, top_p: 0.95 },
      { CLAUDE_CODE_EXTRA_BODY: '{"top_p":0.95}', MAX_THINKING_TOKENS: '16000' },
    ],
  ])('%j becomes %j', (options, variables) => {
    expect(environmentOf({}, options)).toMatchObject(variables);
  });

  it('top_p turns thinking on for claude, so that it sends no temperature, and off in the request', () => {
    const { CLAUDE_CODE_EXTRA_BODY, MAX_THINKING_TOKENS } = environmentOf({}, { top_p: 0.9 });
    expect(MAX_THINKING_TOKENS).toBe('16000');
    expect(JSON.parse(CLAUDE_CODE_EXTRA_BODY ?? '')).toEqual({
      ...{ top_p: 0.9, thinking: { type: 'disabled' }, context_management: { edits: [] } },
    });
  });

  it('temperature 1 sends nothing, because it is the default of the API', () => {
    expect(environmentOf({}, { temperature: 1 })).not.toHaveProperty('CLAUDE_CODE_EXTRA_BODY');
  });

  it('fallback_model and thinking end what the user has set against them', () => {
    const parent = { CLAUDE_CODE_NO_MODEL_FALLBACK: '1', CLAUDE_CODE_DISABLE_THINKING: '1' };
    expect(environmentOf(parent)).toMatchObject(parent);
    const against = environmentOf(parent, { fallback_model: 'haiku', thinking: true });
    for (const name of Object.keys(parent)) expect(against).not.toHaveProperty(name);
  });

  it('overrides the same variable of the server', () => {
    const parent = { MAX_THINKING_TOKENS: '999', CLAUDE_CODE_MAX_OUTPUT_TOKENS: '1' };
    const options = { max_tokens: 3000, thinking: true };
    expect(environmentOf(parent, options)).toEqual(environmentOf({}, options));
  });

  it.each<[Options, Record<string, unknown>, Record<string, unknown>]>([
    [{}, { provider: 'mine', temperature: 0.7, top_p: 1, top_k: 2 }, { provider: 'mine' }],
    [
      { temperature: 0.2 },
      { provider: 'mine', temperature: 0.7 },
      { provider: 'mine', temperature: 0.2 },
    ],
    [{}, { model: 'a', max_tokens: 5, thinking: {} }, { model: 'a', max_tokens: 5 }],
    [
      { model: 'b', max_tokens: 6, temperature: 0 },
      { model: 'a', max_tokens: 5 },
      { temperature: 0 },
    ],
    [
      { effort: 'low' },
      { output_config: { effort: 'max', format: 1 } },
      { output_config: { format: 1 } },
    ],
  ])(
    '%j keeps of what the user adds to requests, %j, all but its own fields',
    (options, added, body) => {
      const parent = { CLAUDE_CODE_EXTRA_BODY: JSON.stringify(added) };
      const { CLAUDE_CODE_EXTRA_BODY } = environmentOf(parent, options);
      expect(JSON.parse(CLAUDE_CODE_EXTRA_BODY ?? '')).toEqual(body);
    },
  );

  it.each(['', '[1]', '{"a":', 'null'])(
    'is sent although the user adds %j to requests',
    (added) => {
      const parent = { CLAUDE_CODE_EXTRA_BODY: added };
      expect(environmentOf(parent, { top_k: 4 }).CLAUDE_CODE_EXTRA_BODY).toBe('{"top_k":4}');
    },
  );

  it('thinking gets half of the output tokens that the user has set', () => {
    const thinkingOf = (CLAUDE_CODE_MAX_OUTPUT_TOKENS: string) =>
      environmentOf({ CLAUDE_CODE_MAX_OUTPUT_TOKENS }, { thinking: true }).MAX_THINKING_TOKENS;
    expect(thinkingOf('8000')).toBe('4000');
    expect(thinkingOf('64000')).toBe('32000');
    expect(thinkingOf('many')).toBe('16000');
  });
});
