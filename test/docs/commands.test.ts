import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type Actions, runProgram } from '../../src/cli/program.ts';
import { readConfig, type SettingFlags } from '../../src/config/config.ts';
import { describeSettings } from '../../src/config/settings.ts';
import { formatNames } from '../../src/export/export.ts';
import { blocks, manual, textOf } from './documents.ts';

const text = manual.map(textOf).join('\n');

/** Returns the words after the short name of the command. */
const subcommands = [
  ...new Set(Array.from(text.matchAll(/\bawm ([a-z]+)\b/g), ([, name = '']) => name)),
];

it('the names of the command are the ones that the package puts on PATH', () => {
  const readme = textOf('README.md');
  const names = ['async-worker-manager', 'awm'];
  expect(Object.keys(packageJson.bin)).toEqual(names);
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});

it('the documents name enough commands to be of use', () => {
  expect(subcommands.toSorted()).toEqual(
    ['adopt', 'export', 'practice', 'show', 'status', 'tail', 'view', 'watch'].toSorted(),
  );
});

it.each(subcommands)('the command awm %s exists', async (name) => {
  const args = ['dist/main.mjs', name, '--help'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
  expect(stdout).toContain(name);
});

it('the formats of an export are the ones that there are', () => {
  const named = Array.from(text.matchAll(/awm export \S+ --format (\w+)/g), ([, name]) => name);
  expect(new Set(named)).toEqual(new Set(formatNames));
});

it('every variable that the documents name is one of the program', () => {
  const known = describeSettings().map(({ variable }) => variable);
  const named = Array.from(text.matchAll(/\bAWM_[A-Z_]*[A-Z]\b/g), ([name]) => name);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !known.includes(name) && name !== 'AWM_WORKER')).toEqual([]);
});

/** Runs the server's command with these arguments; no other command is expected. */
function runServer(args: string[], serve: Actions['serve']): Promise<number> {
  const none = () => Promise.reject(new Error('Expected the server, found another command.'));
  const actions = { serve, view: none, terminal: none, exportRun: none, practice: none };
  return runProgram(args, { version: '0', stdout: { write: () => {} } }, actions);
}

it('every configuration of the server in the documents is one that it takes', async () => {
  const servers = blocks(text, 'json')
    .map((block) => JSON.parse(block).mcpServers?.['async-worker-manager'])
    .filter((server) => server !== undefined);
  expect(servers.length).toBeGreaterThan(1);
  for (const { command, args } of servers) {
    expect(command).toBe('awm');
    const serve = async (flags: SettingFlags) => {
      expect(readConfig(flags, {})).toBeTypeOf('object');
      return 7;
    };
    expect(await runServer(args, serve)).toBe(7);
  }
});

it('the README keeps to the version of Node that the package asks for', () => {
  const version = packageJson.engines.node.replace('>=', '');
  expect(textOf('README.md')).toContain(`Node ${version} or later`);
});
