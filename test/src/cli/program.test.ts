import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Actions, runProgram } from '../../../src/cli/program.ts';
import { describeSettings } from '../../../src/config/settings.ts';
import { ManagerError } from '../../../src/errors.ts';
import { formatNames } from '../../../src/export/export.ts';

const flagsWithValue = describeSettings()
  .filter(({ needsNoValue }) => !needsNoValue)
  .map(({ flag }) => flag);
const commands = ['status', 'watch', 'show', 'tail', 'adopt', 'export', 'view', 'practice'];

/** Runs the program with actions that only record their arguments. Each returns the exit code 7. */
async function run(...argv: string[]) {
  const calls: unknown[][] = [];
  const record =
    (name: string) =>
    async (...input: unknown[]) => {
      calls.push([name, ...input]);
      return 7;
    };
  const actions: Actions = {
    serve: record('serve'),
    view: record('view'),
    terminal: record('terminal'),
    exportRun: record('export'),
    practice: record('practice'),
  };
  let stdout = '';
  const write = (text: string) => {
    stdout += text;
  };
  const output = { version: '1.2.3', stdout: { write, columns: 200 } };
  const code = await runProgram(argv, output, actions);
  return { code, calls, stdout };
}

/** Expects that the arguments are refused with a sentence and that no command runs. */
async function expectRefusal(argv: readonly string[], sentence: string) {
  await expect(run(...argv)).rejects.toEqual(new ManagerError('invalid_input', sentence));
}

const see = (command: string) => `see async-worker-manager ${command} --help.`;

describe('a command receives its arguments:', () => {
  it.each<[string[], unknown[]]>([
    [[], ['serve', {}]],
    [['status'], ['terminal', 'status', {}]],
    [
      ['status', '--logs-dir', 'a'],
      ['terminal', 'status', { logsDir: 'a' }],
    ],
    [['watch'], ['terminal', 'watch', {}]],
    [
      ['watch', '--logs-dir=a'],
      ['terminal', 'watch', { logsDir: 'a' }],
    ],
    [
      ['show', '6c46'],
      ['terminal', 'show', { id: '6c46' }],
    ],
    [
      ['adopt', '6c46', '--logs-dir', 'a'],
      ['terminal', 'adopt', { id: '6c46', logsDir: 'a' }],
    ],
    [
      ['show', '--logs-dir', 'a', '6c46'],
      ['terminal', 'show', { id: '6c46', logsDir: 'a' }],
    ],
    [
      ['tail', '6c46'],
      ['terminal', 'tail', { id: '6c46' }],
    ],
    [
      ['tail', '6c46', '--logs-dir=a'],
      ['terminal', 'tail', { id: '6c46', logsDir: 'a' }],
    ],
    [
      ['export', '6c46', '--format', 'svg'],
      ['export', { id: '6c46', format: 'svg' }],
    ],
    [
      ['export', 'all', '--format=html', '--logs-dir', 'a'],
      ['export', { id: 'all', format: 'html', logsDir: 'a' }],
    ],
    [['view'], ['view', {}]],
    [
      ['view', '~/logs'],
      ['view', { logsDir: `${homedir()}/logs` }],
    ],
    [
      ['practice', '--script', '~/a.json'],
      ['practice', { port: 0, script: `${homedir()}/a.json` }],
    ],
    [
      ['view', 'old/journal.ndjson', '--state-dir', 'other'],
      ['view', { logsDir: resolve('old/journal.ndjson'), stateDir: 'other' }],
    ],
    [['practice'], ['practice', { port: 0 }]],
    [
      ['practice', '--port', '65535'],
      ['practice', { port: 65_535 }],
    ],
    [
      ['practice', '--script=a.json'],
      ['practice', { port: 0, script: 'a.json' }],
    ],
  ])('%j', async (argv, call) => {
    expect(await run(...argv)).toEqual({ code: 7, calls: [call], stdout: '' });
  });
});

describe('the server receives its settings:', () => {
  it.each(describeSettings().map(({ flag }) => flag))('--%s', async (flag) => {
    const call = ['serve', { [flag]: 'text' }];
    expect((await run(`--${flag}`, 'text')).calls).toEqual([call]);
    expect((await run(`--${flag}=text`)).calls).toEqual([call]);
    expect((await run(`--${flag}=--text`)).calls).toEqual([['serve', { [flag]: '--text' }]]);
    expect((await run(`--${flag}=`)).calls).toEqual([['serve', { [flag]: '' }]]);
    expect((await run(`--${flag}=a`, `--${flag}=text`)).calls).toEqual([call]);
  });

  it('no path with a variable', async () => {
    for (const argv of [
      ['view', '$HOME/logs'],
      ['practice', '--script', `\${HOME}/a.json`],
    ]) {
      await expect(run(...argv)).rejects.toThrow(
        /^Expected a path without variables, .*; correct it\.$/,
      );
    }
  });

  it('--view needs no value, wherever it stands', async () => {
    expect((await run('--view')).calls).toEqual([['serve', { view: '1' }]]);
    expect((await run('--view', '--depth', '1')).calls).toEqual([
      ['serve', { view: '1', depth: '1' }],
    ]);
    expect((await run('--depth', '1', '--view')).calls).toEqual([
      ['serve', { view: '1', depth: '1' }],
    ]);
  });
});

describe('--help prints the usage and runs nothing:', () => {
  it.each(commands)('%s', async (command) => {
    const { code, calls, stdout } = await run(command, '--help');
    expect({ code, calls }).toEqual({ code: 0, calls: [] });
    expect(stdout).toMatch(new RegExp(`^Usage: async-worker-manager ${command} \\[flags\\]`));
    expect(await run(command, '-h')).toEqual({ code, calls, stdout });
  });

  it('of the program names every command and every setting with its variable', async () => {
    const { code, calls, stdout } = await run('--help');
    expect({ code, calls }).toEqual({ code: 0, calls: [] });
    expect(await run('-h')).toEqual({ code, calls, stdout });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    for (const { flag, variable, description } of describeSettings()) {
      const line = stdout.split('\n').find((one) => one.startsWith(`  --${flag} `));
      expect(line).toContain(`${description} (env: ${variable})`);
    }
    expect(stdout).not.toContain('[options]');
  });

  it('of export names every format', async () => {
    const { stdout } = await run('export', '--help');
    const line = stdout.split('\n').find((one) => one.includes('--format'));
    expect(line?.match(/\b(?!or\b|format\b)[a-z]+/g)).toEqual(formatNames);
  });

  it.each([
    ['status', ['--logs-dir <folder>']],
    ['watch', ['--logs-dir <folder>']],
    ['show', ['<id>', '--logs-dir <folder>']],
    ['tail', ['<id>', '--logs-dir <folder>']],
    ['export', ['<id>', '--format <format>', '--logs-dir <folder>']],
    ['view', ['[path]']],
    ['practice', ['--port <port>', '--script <file>']],
  ])('of %s names its arguments: %j', async (command, parts) => {
    const { stdout } = await run(command, '--help');
    for (const part of parts) expect(stdout).toContain(part);
  });
});

it('--version prints the version', async () => {
  expect(await run('--version')).toEqual({ code: 0, calls: [], stdout: '1.2.3\n' });
});

describe('wrong arguments are refused with what was expected, what was found and what to do:', () => {
  it.each<[string[], string]>([
    [['statsu'], 'Unknown command "statsu"; did you mean status?'],
    [['exprt', 'a', '--format', 'svg'], 'Unknown command "exprt"; did you mean export?'],
    [['--depth', '1', 'wach'], 'Unknown command "wach"; did you mean watch?'],
    [['constructor'], 'Unknown command "constructor"; see async-worker-manager --help.'],
    [[''], 'Unknown command ""; see async-worker-manager --help.'],
    [['--max-worker', '3'], 'Unknown flag --max-worker; did you mean --max-workers?'],
    [['--log-dir=a/long/path'], 'Unknown flag --log-dir; did you mean --logs-dir?'],
    [['--default-modle=x'], 'Unknown flag --default-modle; did you mean --default-model?'],
    [['--hepl'], 'Unknown flag --hepl; did you mean --help?'],
    [['--zzz'], 'Unknown flag --zzz; see async-worker-manager --help.'],
    [['-v'], 'Unknown flag -v; see async-worker-manager --help.'],
    [
      ['--depth=1', '--constructor'],
      'Unknown flag --constructor; see async-worker-manager --help.',
    ],
    [['practice', '--prot', '1'], 'Unknown flag --prot; did you mean --port?'],
    [['practice', '--scirpt=a'], 'Unknown flag --scirpt; did you mean --script?'],
    [['export', 'a', '--fromat=svg'], 'Unknown flag --fromat; did you mean --format?'],
    [['view', '--hlep'], 'Unknown flag --hlep; did you mean --help?'],
    [['view', '--logs-dir', 'a'], `Unknown flag --logs-dir; ${see('view')}`],
    [
      ['view', 'a', 'b'],
      `Expected a logs folder or a journal.ndjson (default: the folder of the settings), found "a b"; ${see('view')}`,
    ],
    [['practice', 'a'], `Expected no argument, found "a"; ${see('practice')}`],
    [['practice', '--port', 'x'], '--port must be 0 to 65535, not "x".'],
    [['practice', '--port=65536'], '--port must be 0 to 65535, not "65536".'],
    [['practice', '--port=1.5'], '--port must be 0 to 65535, not "1.5".'],
    [['practice', '--port='], '--port must be 0 to 65535, not "".'],
    [['export', 'a'], `Expected --format with a value, found none; ${see('export')}`],
  ])('%j', expectRefusal);

  it.each(['status', 'watch'])('%s takes no argument and one flag', async (command) => {
    await expectRefusal([command, 'a'], `Expected no argument, found "a"; ${see(command)}`);
    await expectRefusal([command, '--all'], `Unknown flag --all; ${see(command)}`);
    await expectRefusal(
      [command, '--log-dir=a'],
      'Unknown flag --log-dir; did you mean --logs-dir?',
    );
  });

  it.each(['show', 'tail', 'export'])('%s takes one id', async (command) => {
    const argv = command === 'export' ? [command, '--format', 'svg'] : [command];
    const id = command === 'export' ? ', or "all" for html' : '';
    const expected = `Expected a worker's id, or the beginning of one${id}`;
    await expectRefusal(argv, `${expected}, found none; ${see(command)}`);
    await expectRefusal([...argv, 'a', 'b'], `${expected}, found "a b"; ${see(command)}`);
    await expectRefusal(
      [...argv, 'a', '--log-dir=b'],
      'Unknown flag --log-dir; did you mean --logs-dir?',
    );
  });

  it.each<[string[], string]>([
    ...commands
      .filter((command) => !['view', 'practice'].includes(command))
      .map((command): [string[], string] => [[command, '--logs-dir'], command]),
    [['export', 'a', '--format'], 'export'],
    [['practice', '--port'], 'practice'],
    [['practice', '--script'], 'practice'],
  ])('%j without its value', async (argv, command) => {
    const expected = `Expected a value after ${argv.at(-1)}`;
    await expectRefusal(argv, `${expected}, found none; ${see(command)}`);
    await expectRefusal([...argv, '--help'], `${expected}, found "--help"; ${see(command)}`);
  });

  it.each(flagsWithValue)('--%s without its value', async (flag) => {
    const expected = `Expected a value after --${flag}`;
    const advice = 'see async-worker-manager --help.';
    await expectRefusal([`--${flag}`], `${expected}, found none; ${advice}`);
    await expectRefusal([`--${flag}`, '--view'], `${expected}, found "--view"; ${advice}`);
  });

  it('a flag before a command, where it would change nothing', async () => {
    await expectRefusal(
      ['--logs-dir', 'a', 'status'],
      'Expected no flag before "status", found --logs-dir; see async-worker-manager --help.',
    );
  });
});

it('an error of a command reaches the caller as it is', async () => {
  const actions = {
    serve: () => Promise.reject(new Error('no port')),
  } as Partial<Actions> as Actions;
  const output = { version: '1', stdout: { write: () => true } };
  await expect(runProgram([], output, actions)).rejects.toThrow(/^no port$/);
});
