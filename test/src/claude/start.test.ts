import { mkdir, readFile, stat } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { LaunchInput } from '../../../src/claude/launch.ts';
import { startClaude } from '../../../src/claude/start.ts';
import { withDefaults } from '../../../src/config/options.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { temporaryFolder, workerSpec } from '../fixtures.ts';
import { foldersIn } from '../folders.ts';

it('a process gets private settings in files that are open only to their owner', async () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  const spec = workerSpec();
  const paths = workerPaths(foldersIn(await temporaryFolder()), spec.worker_id);
  await mkdir(paths.folder, { recursive: true });
  const inputs: LaunchInput[] = [];
  const launch = async (input: LaunchInput) => {
    inputs.push(input);
    return { pid: 7, exited: new Promise<never>(() => {}) };
  };
  const mcp_config = { db: { command: 'db', env: { TOKEN: 'secret' } } };
  const rules = [{ toolName: 'Bash', ruleContent: 'ls' }];
  const { pid } = await startClaude({
    deps: { command: 'claude', env: { HOME: '/home/me' }, keepAliveSeconds: 1, depth: 0, launch },
    ...{ spec, paths, options: withDefaults({ mcp_config }, {}), resume: true },
    remembered: [{ type: 'addRules', behavior: 'allow', rules }],
  });
  expect(pid).toBe(7);
  expect(JSON.parse(await readFile(paths.mcpConfig, 'utf8'))).toEqual({ mcpServers: mcp_config });
  expect(JSON.parse(await readFile(paths.settings, 'utf8'))).toMatchObject({
    permissions: { allow: ['Bash(ls)'] },
  });
  for (const path of [paths.mcpConfig, paths.settings]) {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  }
  expect(inputs).toMatchObject([
    { command: 'claude', cwd: spec.cwd, paths, env: { HOME: '/home/me', AWM_DEPTH: '1' } },
  ]);
  expect(JSON.stringify([inputs[0]?.args, inputs[0]?.env])).not.toContain('secret');
});
