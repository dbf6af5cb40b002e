import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, type SettingFlags } from '../../../src/config/config.ts';
import { ManagerError } from '../../../src/errors.ts';

/** Reads the settings of a server in its own project. */
const read = (flags: SettingFlags = {}, env: NodeJS.ProcessEnv = {}) =>
  readConfig(flags, { CLAUDE_PROJECT_DIR: '/project', ...env });

describe('without any settings', () => {
  it('claude comes from PATH and the files are in the project', () => {
    expect(read()).toEqual({
      ...{ claude: 'claude', projectDir: '/project', logsDir: '/project/logs' },
      ...{ onExit: 'finish', approvals: 'caller', keepAliveSeconds: 60, defaults: {}, depth: 0 },
      ...{ standby: 1, earlier: new Set() },
      stateDir: expect.stringMatching(/async-worker-manager\/project-[0-9a-f]{12}$/),
      maxWorkers: expect.any(Number),
      machine: expect.anything(),
    });
  });

  it('the project is the working directory if claude names no project', () => {
    for (const env of [{}, { CLAUDE_PROJECT_DIR: '' }]) {
      expect(readConfig({}, env)).toMatchObject({
        ...{ projectDir: process.cwd(), logsDir: resolve('logs') },
      });
    }
  });

  it('the project may be in the home folder', () => {
    expect(read({}, { CLAUDE_PROJECT_DIR: '~/shop' }).logsDir).toBe(`${homedir()}/shop/logs`);
  });

  it('at least two workers run at once', () => {
    expect(read().maxWorkers).toBeGreaterThanOrEqual(2);
  });
});

describe('a setting', () => {
  it.each([
    ['claude', 'AWM_CLAUDE', 'claude-beta', { claude: 'claude-beta' }],
    ['claude', 'AWM_CLAUDE', '/opt/claude', { claude: '/opt/claude' }],
    ['claude', 'AWM_CLAUDE', './bin/claude', { claude: resolve('bin/claude') }],
    ['logs-dir', 'AWM_LOGS_DIR', '/var/logs', { logsDir: '/var/logs' }],
    ['logs-dir', 'AWM_LOGS_DIR', 'out', { logsDir: '/project/out' }],
    ['logs-dir', 'AWM_LOGS_DIR', '~/out', { logsDir: `${homedir()}/out` }],
    ['claude', 'AWM_CLAUDE', '~/bin/claude', { claude: `${homedir()}/bin/claude` }],
    ['max-workers', 'AWM_MAX_WORKERS', '3', { maxWorkers: 3 }],
    ['on-exit', 'AWM_ON_EXIT', 'stop', { onExit: 'stop' }],
    ['approvals', 'AWM_APPROVALS', 'human', { approvals: 'human' }],
    ['keep-alive-seconds', 'AWM_KEEP_ALIVE_SECONDS', '0.5', { keepAliveSeconds: 0.5 }],
    ['pass-env', 'AWM_PASS_ENV', 'NODE_OPTIONS', { passEnv: ['NODE_OPTIONS'] }],
    ['pass-env', 'AWM_PASS_ENV', ' DEBUG, A_1  b,', { passEnv: ['DEBUG', 'A_1', 'b'] }],
    ['view', 'AWM_VIEW', '1', { view: 'live' }],
    ['view', 'AWM_VIEW', 'readonly', { view: 'readonly' }],
    ['depth', 'AWM_DEPTH', '1', { depth: 1 }],
    ['default-model', 'AWM_DEFAULT_MODEL', 'haiku', { defaults: { model: 'haiku' } }],
    ['default-system', 'AWM_DEFAULT_SYSTEM', 'Be.', { defaults: { system: 'Be.' } }],
    [
      'default-append-system',
      'AWM_DEFAULT_APPEND_SYSTEM',
      'X',
      { defaults: { append_system: 'X' } },
    ],
    ['default-temperature', 'AWM_DEFAULT_TEMPERATURE', '0', { defaults: { temperature: 0 } }],
    ['default-top-p', 'AWM_DEFAULT_TOP_P', '0.9', { defaults: { top_p: 0.9 } }],
    ['default-top-k', 'AWM_DEFAULT_TOP_K', '40', { defaults: { top_k: 40 } }],
    ['default-max-tokens', 'AWM_DEFAULT_MAX_TOKENS', '9', { defaults: { max_tokens: 9 } }],
    ['default-thinking', 'AWM_DEFAULT_THINKING', 'true', { defaults: { thinking: true } }],
    ['default-thinking', 'AWM_DEFAULT_THINKING', 'off', { defaults: { thinking: false } }],
    ['default-effort', 'AWM_DEFAULT_EFFORT', 'low', { defaults: { effort: 'low' } }],
    [
      'default-permission-mode',
      'AWM_DEFAULT_PERMISSION_MODE',
      'plan',
      { defaults: { permission_mode: 'plan' } },
    ],
    ['default-max-turns', 'AWM_DEFAULT_MAX_TURNS', '5', { defaults: { max_turns: 5 } }],
    [
      'default-max-budget-usd',
      'AWM_DEFAULT_MAX_BUDGET_USD',
      '0.5',
      { defaults: { max_budget_usd: 0.5 } },
    ],
    [
      'default-timeout-seconds',
      'AWM_DEFAULT_TIMEOUT_SECONDS',
      '60',
      { defaults: { timeout_seconds: 60 } },
    ],
    [
      'default-fallback-model',
      'AWM_DEFAULT_FALLBACK_MODEL',
      'opus',
      { defaults: { fallback_model: 'opus' } },
    ],
  ])('%s is %s is %s', (flag, variable, text, expected) => {
    expect(read({ [flag]: text })).toMatchObject(expected);
    expect(read({}, { [variable]: text })).toMatchObject(expected);
  });

  it('of a flag has priority over the environment', () => {
    const env = { AWM_MAX_WORKERS: '5', AWM_ON_EXIT: 'stop' };
    expect(read({ 'max-workers': '3' }, env)).toMatchObject({ maxWorkers: 3, onExit: 'stop' });
  });

  it('that is empty in the environment is not set', () => {
    const env = { AWM_CLAUDE: '', AWM_MAX_WORKERS: '', AWM_DEFAULT_TEMPERATURE: '' };
    expect(read({}, env)).toMatchObject({ claude: 'claude', defaults: {} });
  });

  it('may look like a flag', () => {
    const { defaults } = read({ 'default-system': '--be brief' });
    expect(defaults).toEqual({ system: '--be brief' });
  });

  it('0 of the page switches the page off', () => {
    expect(read({ view: '0' }, { AWM_VIEW: '1' })).not.toHaveProperty('view');
    expect(read()).not.toHaveProperty('view');
  });
});

const noVariable =
  'expected a path without variables, because nothing replaces them here (write the path out, or begin with "~/" for your home folder)';

describe('a wrong value is refused with its setting and the value:', () => {
  it.each([
    ['max-workers', '0', 'Too small: expected number to be >=1'],
    ['max-workers', '2.5', 'Invalid input: expected int, received number'],
    ['max-workers', 'many', 'Invalid input: expected number, received NaN'],
    ['on-exit', 'kill', 'Invalid option: expected one of "finish"|"stop"'],
    ['approvals', 'nobody', 'Invalid option: expected one of "caller"|"human"'],
    ['keep-alive-seconds', '86401', 'Too big: expected number to be <=86400'],
    ['view', 'yes', 'Invalid option: expected one of "0"|"1"|"readonly"'],
    [
      'pass-env',
      'DEBUG=1',
      'expected names of variables without their values, with commas between them',
    ],
    [
      'pass-env',
      'DEBUG,AWM_DEPTH',
      'expected names that do not begin with AWM_, because the server decides these variables',
    ],
    ['depth', '0.5', 'Invalid input: expected int, received number'],
    ['logs-dir', `\${HOME}/l`, noVariable],
    ['logs-dir', '/data/$USER', noVariable],
    ['claude', '$HOME/bin/claude', noVariable],
    ['default-temperature', '2', 'Too big: expected number to be <=1'],
    ['default-temperature', 'hot', 'Invalid input: expected number, received NaN'],
    ['default-top-k', '0', 'Too small: expected number to be >=1'],
    ['default-max-tokens', '1.5', 'Invalid input: expected int, received number'],
    ['default-max-budget-usd', '0', 'Too small: expected number to be >0'],
    [
      'default-effort',
      'huge',
      'Invalid option: expected one of "low"|"medium"|"high"|"xhigh"|"max"',
    ],
  ])('--%s %s', (name, text, problem) => {
    const variable = `AWM_${name.replaceAll('-', '_').toUpperCase()}`;
    expect(() => read({ [name]: text })).toThrow(
      new ManagerError('invalid_input', `--${name} is "${text}": ${problem}.`),
    );
    expect(() => read({}, { [variable]: text })).toThrow(
      new ManagerError('invalid_input', `${variable} is "${text}": ${problem}.`),
    );
  });

  it.each(['default-thinking', 'default-permission-mode', 'default-model'])(
    '--%s -perhaps',
    (name) => {
      expect(() => read({ [name]: '-perhaps' })).toThrow(`--${name} is "-perhaps": `);
    },
  );

  it.each([
    ...['claude', 'logs-dir', 'max-workers', 'on-exit', 'keep-alive-seconds', 'depth'],
    ...['default-temperature', 'default-top-p', 'default-system', 'default-thinking'],
  ])('--%s without one', (name) => {
    expect(() => read({ [name]: '' })).toThrow(`--${name} is "": `);
  });
});
