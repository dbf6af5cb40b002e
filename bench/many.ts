import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createCaller, stopWorkers } from '../demo/caller.ts';
import { claude, type Stage } from '../demo/stage.ts';
import { bareArguments, endOf } from './bare.ts';
import { timed } from './harness.ts';
import { standbyIsBack } from './standby.ts';

/** The rule of the practice API that answers each prompt of this file at once. */
export const numbers = { match: /^Name a number greater than \d+/, steps: [{ text: '1000' }] };

const promptsFor = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `Name a number greater than ${index}.`);

/** Measures from the first spawn of several workers until `wait` has returned the last. */
export async function timeWorkers(stage: Stage, count: number): Promise<number> {
  const caller = createCaller(stage.client);
  const worker_ids: string[] = [];
  const took = await timed(async () => {
    const spawns = promptsFor(count).map((prompt) =>
      caller.spawn({ description: 'Name a number', prompt }),
    );
    worker_ids.push(...(await Promise.all(spawns)).map(({ worker_id }) => worker_id));
    const { completed } = await caller.wait(new AbortController().signal);
    if (completed.length !== count) throw new Error(`${completed.length} of ${count} completed.`);
  });
  await stopWorkers(stage.client, worker_ids);
  await standbyIsBack(stage);
  return took;
}

/** Measures several bare `claude -p` by `xargs`, some at once, until the last has exited. */
export async function timeBare(stage: Stage, count: number, atOnce: number): Promise<number> {
  const { cwd, env } = await bareSurroundings(stage);
  const args = ['-P', String(atOnce), '-I', '{}', claude, ...bareArguments('{}')];
  return timed(() => {
    const child = spawn('xargs', args, { cwd, env, stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.end(promptsFor(count).join('\n'));
    return endOf(child);
  });
}

/** The environment variable that marks the server and all its workers. */
export const variableOfWorkers = ({ env }: Stage): string => `HOME=${env.HOME}`;

/** The environment variable that marks `xargs` and every bare `claude`. */
export const variableOfBare = (stage: Stage): string => `HOME=${bareHome(stage)}`;

const bareHome = ({ folder }: Stage): string => join(folder, 'bare');

/** The home of the bare processes, which differs from the home of the server. */
async function bareSurroundings(stage: Stage) {
  const HOME = bareHome(stage);
  await mkdir(HOME, { recursive: true });
  return { cwd: stage.project, env: { ...stage.env, HOME } };
}
