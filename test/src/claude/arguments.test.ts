import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claudeArguments, claudeMcpConfig, claudeSettings } from '../../../src/claude/arguments.ts';
import { type Options, optionsSchema, withDefaults } from '../../../src/config/options.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { workerId, workerSpec } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

const paths = workerPaths(foldersIn('/logs'), workerId());
const plain = { values: { MAX_THINKING_TOKENS: '0' }, isPrivate: false };

const settingsOf = (remembered: Record<string, unknown>[]) =>
  claudeSettings({ remembered, variables: plain });

function argumentsOf(
  given: Options = {},
  {
    resume = false,
    remembered = [],
    deniedAgents = [],
    spec = workerSpec({ cwd: '/work' }),
    variables = plain,
  }: Partial<Omit<Parameters<typeof claudeArguments>[0], 'options' | 'paths'>> = {},
): string[] {
  return claudeArguments({
    spec,
    options: withDefaults(given, {}),
    paths,
    resume,
    remembered,
    deniedAgents,
    variables,
  });
}

/** Returns the arguments between a flag and the next flag. */
function valuesOf(flag: string, args: string[]): string[] | undefined {
  const index = args.indexOf(flag);
  if (index === -1) return undefined;
  const rest = args.slice(index + 1);
  const end = rest.findIndex((argument) => argument.startsWith('--'));
  return end === -1 ? rest : rest.slice(0, end);
}

describe('every worker', () => {
  it.each([
    ['--input-format', 'stream-json'],
    ['--output-format', 'stream-json'],
    ['--permission-prompt-tool', 'stdio'],
    ['--permission-mode', 'default'],
    [
      '--settings',
      '{"crossSessionInbound":"refuse","permissions":{"allow":[]},"env":{"MAX_THINKING_TOKENS":"0"}}',
    ],
    ['--mcp-config', '{"mcpServers":{}}'],
  ])('is started with %s %s', (flag, value) => {
    expect(valuesOf(flag, argumentsOf())).toEqual([value]);
  });

  it.each(['-p', '--verbose', '--replay-user-messages', '--strict-mcp-config'])(
    'is started with %s',
    (flag) => {
      expect(argumentsOf()).toContain(flag);
    },
  );

  it('begins its session with its session id, and resumes the session with that id', () => {
    const { session_id } = workerSpec();
    expect(valuesOf('--session-id', argumentsOf())).toEqual([session_id]);
    const resumed = argumentsOf({}, { resume: true });
    expect(valuesOf('--resume', resumed)).toEqual([session_id]);
    expect(resumed).not.toContain('--session-id');
  });

  it('has no other arguments by default', () => {
    expect(argumentsOf()).toHaveLength(21);
  });
});

describe('the option', () => {
  it.each<[Options, string, string[]]>([
    [{ model: 'haiku' }, '--model', ['haiku']],
    [{ fallback_model: 'haiku' }, '--fallback-model', ['haiku']],
    [{ effort: 'high' }, '--effort', ['high']],
    [{ max_turns: 3 }, '--max-turns', ['3']],
    [{ max_budget_usd: 0.5 }, '--max-budget-usd', ['0.5']],
    [{ permission_mode: 'plan' }, '--permission-mode', ['plan']],
    [{ add_dirs: ['lib', '/other'] }, '--add-dir', ['/work/lib', '/other']],
    [{ allowed_tools: ['Read', 'Bash(ls *)'] }, '--allowedTools', ['Read', 'Bash(ls *)']],
    [
      { disallowed_tools: ['WebFetch'] },
      '--disallowedTools',
      ['WebFetch', 'ScheduleWakeup', 'CronCreate'],
    ],
  ])('%j becomes %s', (options, flag, values) => {
    expect(valuesOf(flag, argumentsOf(options))).toEqual(values);
  });

  it.each<Options>([{ add_dirs: [] }, { allowed_tools: [] }, { disallowed_tools: [] }])(
    '%j becomes nothing',
    (options) => {
      expect(argumentsOf(options)).toEqual(argumentsOf());
    },
  );

  it('permission_mode adds the flag that skips permissions only for bypassPermissions', () => {
    const flag = '--allow-dangerously-skip-permissions';
    expect(argumentsOf({ permission_mode: 'bypassPermissions' })).toContain(flag);
    expect(argumentsOf({ permission_mode: 'acceptEdits' })).not.toContain(flag);
  });

  it('agent_type becomes --agent', () => {
    const spec = workerSpec({ agent_type: 'Explore' });
    expect(valuesOf('--agent', argumentsOf({}, { spec }))).toEqual(['Explore']);
  });

  it('is not in the arguments when its value may be private', () => {
    const options = { system: 'SECRET', append_system: 'SECRET', output_schema: { a: 'SECRET' } };
    const mcp_config = { server: { env: { TOKEN: 'SECRET' } } };
    expect(JSON.stringify(argumentsOf({ ...options, mcp_config }))).not.toContain('SECRET');
    expect(argumentsOf(options)).toEqual(argumentsOf());
  });

  it('is in a file when a variable may be private', () => {
    const variables = { values: { CLAUDE_CODE_EXTRA_BODY: 'SECRET' }, isPrivate: true };
    const args = argumentsOf({}, { variables });
    expect(valuesOf('--settings', args)).toEqual([paths.settings]);
    expect(JSON.stringify(args)).not.toContain('SECRET');
  });

  it('cannot add another flag through the values of a list', () => {
    const values = fc.array(
      fc.oneof(fc.string({ minLength: 1 }), fc.constant('--dangerously-skip-permissions')),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(values, values, values, (add_dirs, allowed_tools, disallowed_tools) => {
        const given = optionsSchema.safeParse({ add_dirs, allowed_tools, disallowed_tools });
        const args = argumentsOf(given.data);
        expect(args).not.toContain('--dangerously-skip-permissions');
      }),
    );
  });
});

describe('a remembered permission', () => {
  const rules = [{ toolName: 'Bash', ruleContent: 'ls *' }, { toolName: 'Read' }];
  const addRules = { type: 'addRules', behavior: 'allow', rules, destination: 'session' };

  it('is in the settings of later processes', () => {
    expect(settingsOf([addRules])).toEqual({
      crossSessionInbound: 'refuse',
      permissions: { allow: ['Bash(ls *)', 'Read'] },
      env: plain.values,
    });
  });

  it('is never a mode or a folder, whatever a journal holds', () => {
    const wider = [
      { type: 'setMode', mode: 'acceptEdits' },
      { type: 'addDirectories', directories: ['/'] },
    ];
    const args = argumentsOf({}, { remembered: wider });
    expect(valuesOf('--permission-mode', args)).toEqual(['default']);
    expect(settingsOf(wider)).toMatchObject({ permissions: { allow: [] } });
    expect(JSON.stringify(settingsOf(wider))).not.toMatch(/additionalDirectories|acceptEdits/);
  });

  it('is absent at first, and the settings refuse messages of other sessions', () => {
    expect(settingsOf([])).toEqual({
      crossSessionInbound: 'refuse',
      permissions: { allow: [] },
      env: plain.values,
    });
  });

  it('allows nothing when its rule asks or denies', () => {
    for (const behavior of ['deny', 'ask']) {
      const settings = settingsOf([{ ...addRules, behavior }]);
      expect(settings).toMatchObject({ permissions: { allow: [] } });
    }
  });

  it('is skipped when the CLI offered an invalid permission', () => {
    const invalid = [
      { type: 'addRules', behavior: 'allow', rules: [null, 'Bash', {}] },
      { type: 'addRules', behavior: 'allow', rules: 'all' },
      { type: 'addDirectories', directories: null },
      {},
    ];
    expect(settingsOf(invalid)).toMatchObject({ permissions: { allow: [] } });
  });
});

describe('the MCP servers of a worker', () => {
  const server = { command: 'node', args: ['server.js'] };
  it.each<[string, Options, unknown]>([
    ['are absent by default', {}, { mcpServers: {} }],
    [
      'are the servers of its option',
      { mcp_config: { mcpServers: { server } } },
      { mcpServers: { server } },
    ],
    ['may be given without the outer key', { mcp_config: { server } }, { mcpServers: { server } }],
  ])('%s', (_, options, config) => {
    expect(claudeMcpConfig(withDefaults(options, {}))).toEqual(config);
  });
});
