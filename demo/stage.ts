import { access, chmod, cp, mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Rule } from '../src/practice/script.ts';
import { type PracticeApi, startPracticeApi } from '../src/practice/server.ts';
import { listWorkers, stopWorkers } from './caller.ts';
import { deployedFile } from './scenario.ts';

/** The real CLI, unless `AWM_CLAUDE` names another, and the shipped server. */
export const claude =
  process.env.AWM_CLAUDE || fileURLToPath(new URL('../node_modules/.bin/claude', import.meta.url));
export const bundle = fileURLToPath(new URL('../dist/main.mjs', import.meta.url));

/** A practice API, a project folder and a server with a client. */
export interface Stage {
  api: PracticeApi;
  /** The folder of the stage, which is not removed. */
  folder: string;
  /** The project of the workers. */
  project: string;
  /** The folder of the workers' own files. */
  state: string;
  /** An environment built from nothing, for processes that use the practice API. */
  env: Record<string, string>;
  client: Client;
  /** Ends every worker with its processes, then the server and the API. */
  close(): Promise<void>;
}

export interface StageOptions {
  /** Returns the rules of the practice API, for the project in this folder. */
  rules(project: string): Rule[];
  /** Arguments of the server. */
  args?: string[];
  /** Gets the server's stderr. */
  onStderr?(text: string): void;
}

/** Creates a stage in a new temporary folder. */
export async function setStage({ rules, args = [], onStderr }: StageOptions): Promise<Stage> {
  await access(bundle).catch(() => {
    throw new Error('dist/main.mjs is missing; `npm run build` makes it.');
  });
  // claude names its folder by the real path, and a permission's path must be inside it.
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'awm-demo-'));
  const [project, home] = [join(folder, 'project'), join(folder, 'home')];
  const state = join(folder, 'state');
  await mkdir(home);
  await makeProject(project);

  const api = await startPracticeApi({ rules: rules(project) });
  const base = { PATH: process.env.PATH ?? '', HOME: home, AWM_STATE_DIR: state };
  const env = { ...base, ...api.environment() };
  const transport = new StdioClientTransport({
    command: process.execPath,
    // The workers of the demo must not outlive it.
    args: [bundle, '--claude', claude, '--on-exit', 'stop', ...args],
    cwd: project,
    env,
    stderr: 'pipe',
  });
  transport.stderr?.on('data', (chunk: Buffer) => onStderr?.(chunk.toString('utf8')));
  const client = new Client({ name: 'claude-code', version: '1.0.0' });
  await client.connect(transport).catch(async (error: unknown) => {
    await api.close();
    throw error;
  });
  const close = async () => {
    await stopAll(client);
    await client.close();
    await api.close();
  };
  return { api, folder, project, state, env, client, close };
}

/** Copies the sources of this project, as real files to read, and adds a deployment script. */
async function makeProject(project: string): Promise<void> {
  const here = fileURLToPath(new URL('..', import.meta.url));
  for (const name of ['machines', 'src', 'package.json']) {
    await cp(join(here, name), join(project, name), { recursive: true });
  }
  await mkdir(join(project, 'scripts'));
  const deploy = join(project, 'scripts', 'deploy.sh');
  await writeFile(deploy, `#!/bin/sh\necho "$1" > ${deployedFile}\n`);
  await chmod(deploy, 0o755);
}

/** Stops all workers. After an interrupt from the keyboard the server has done that. */
async function stopAll(client: Client): Promise<void> {
  try {
    const worker_ids = (await listWorkers(client)).map(({ worker_id }) => worker_id);
    if (worker_ids.length > 0) await stopWorkers(client, worker_ids);
  } catch {
    // The server and its workers have ended.
  }
}
