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
    ...['CLAUDE_CODE_EXTRA_BODY', 'CLAUDE_CODE_MAX_TURNS', 'CLAUDE_CODE_EFFORT_LEVEL'],
    ...['CLAUDE_CODE_DISABLE_THINKING', 'CLAUDE_AGENT_SDK_VERSION', 'TRACEPARENT', 'TRACESTATE'],
    ...['AWM_LOGS_DIR', 'AWM_MAX_WORKERS', 'AWM_CLAUDE', 'AWM_DEFAULT_MODEL', 'AWM_ON_EXIT'],
  ])('%s', (name) => {
    expect(environmentOf({ [name]: 'parent' })).not.toHaveProperty(name);
  });
});

describe('a worker inherits from the server', () => {
  it.each([
    ...['PATH', 'HOME', 'LANG', 'TERM', 'SSH_AUTH_SOCK', 'https_proxy', 'NO_PROXY'],
    ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_MODEL'],
    ...['AWS_PROFILE', 'AWS_REGION', 'GOOGLE_APPLICATION_CREDENTIALS', 'CLAUDE_CONFIG_DIR'],
    ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_SKIP_BEDROCK_AUTH'],
    ...['CLAUDE_CODE_OAUTH_TOKEN', 'CLAUDE_CODE_API_KEY_HELPER_TTL_MS', 'CLAUDE_CODE_CLIENT_CERT'],
    ...['CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', 'NODE_EXTRA_CA_CERTS', 'DISABLE_TELEMETRY'],
    ...['CLAUDE_CODE_MAX_OUTPUT_TOKENS'],
  ])('%s', (name) => {
    expect(environmentOf({ [name]: 'parent' })).toMatchObject({ [name]: 'parent' });
  });
});

describe('every worker', () => {
  it('gets the variables that make it resumable, found by its id, and exit when idle', () => {
    expect(environmentOf({})).toEqual({
      AWM_WORKER: workerId(),
      AWM_DEPTH: '1',
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

  it('overrides the same variable of the server', () => {
    const parent = { MAX_THINKING_TOKENS: '999', CLAUDE_CODE_MAX_OUTPUT_TOKENS: '1' };
    const options = { max_tokens: 3000, thinking: true };
    expect(environmentOf(parent, options)).toEqual(environmentOf({}, options));
  });

  it('thinking gets half of the output tokens that the user has set', () => {
    const thinkingOf = (CLAUDE_CODE_MAX_OUTPUT_TOKENS: string) =>
      environmentOf({ CLAUDE_CODE_MAX_OUTPUT_TOKENS }, { thinking: true }).MAX_THINKING_TOKENS;
    expect(thinkingOf('8000')).toBe('4000');
    expect(thinkingOf('64000')).toBe('32000');
    expect(thinkingOf('many')).toBe('16000');
  });
});
