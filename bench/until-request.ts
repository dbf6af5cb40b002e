import { randomUUID } from 'node:crypto';
import { createCaller, stopWorkers } from '../demo/caller.ts';
import type { Stage } from '../demo/stage.ts';
import { bareArguments, startBare } from './bare.ts';
import { journalOf, standbyIsUp, startsOf } from './standby.ts';

/** The rule of the practice API that answers each prompt of this file at once. */
export const capitals = { match: /^What is the capital of /, steps: [{ text: 'Lisbon' }] };

/** Returns a unique prompt, which identifies its request. */
const newPrompt = (): string => `What is the capital of ${randomUUID()}? One word.`;

/** The times of a completed turn. */
interface Turn {
  worker_id: string;
  /** Milliseconds from the call to the request. */
  took: number;
  /** The part of them after `claude` got the prompt, in milliseconds. */
  inside: number;
}

/** Runs a worker in a new process, which stays. */
export async function spawnUntilRequest(stage: Stage): Promise<Turn> {
  const prompt = newPrompt();
  const begin = Date.now();
  const caller = createCaller(stage.client);
  const { worker_id } = await caller.spawn({ description: 'Name a capital', prompt });
  const { at } = await requestOf(stage, prompt);
  await completed(stage);
  const records = await journalOf(stage, worker_id);
  const accepted = records.find(({ event }) => event.type === 'PROMPT_ACCEPTED');
  if (accepted === undefined)
    throw new Error('The journal does not say when claude had the prompt.');
  return { worker_id, took: at - begin, inside: at - accepted.t };
}

/** Runs a worker in a new process, and ends the process before the next run. */
export async function coldUntilRequest(stage: Stage): Promise<number> {
  const { took, worker_id } = await spawnUntilRequest(stage);
  await stopWorkers(stage.client, [worker_id]);
  return took;
}

/**
 * Runs a worker in the standby process. The next standby process is ready before the next run.
 * @param inside Gets the milliseconds inside `claude`.
 * @throws Error when the worker got a new process.
 */
export async function hitUntilRequest(stage: Stage, inside: number[]): Promise<number> {
  const turn = await spawnUntilRequest(stage);
  const starts = startsOf(await journalOf(stage, turn.worker_id));
  if (starts.join() !== 'true') throw new Error('A worker did not get the process on standby.');
  inside.push(turn.inside);
  await stopWorkers(stage.client, [turn.worker_id]);
  await standbyIsUp(stage);
  return turn.took;
}

/**
 * Sends a follow-up to a worker whose first process is alive.
 * @throws Error when that process has exited.
 */
export async function keptUntilRequest(stage: Stage, worker_id: string): Promise<number> {
  const prompt = newPrompt();
  const begin = Date.now();
  await createCaller(stage.client).resume(worker_id, prompt);
  const took = (await requestOf(stage, prompt)).at - begin;
  await completed(stage);
  const starts = startsOf(await journalOf(stage, worker_id));
  if (starts.length !== 1) throw new Error('The process of the worker was not kept.');
  return took;
}

/** Runs a bare `claude -p`, in a new session or an existing one. */
export async function bareUntilRequest(
  stage: Stage,
  session?: string,
): Promise<{ took: number; session: string }> {
  const prompt = newPrompt();
  const resume = session === undefined ? [] : ['--resume', session];
  const begin = Date.now();
  const { ended } = startBare(stage, [...bareArguments(prompt), ...resume]);
  const request = await requestOf(stage, prompt);
  await ended;
  if (request.session === undefined) throw new Error('The request names no session.');
  return { took: request.at - begin, session: request.session };
}

const requestOf = ({ api }: Stage, prompt: string) =>
  api.waitForRequest((request) => request.prompt === prompt, 60_000);

async function completed({ client }: Stage): Promise<void> {
  const answer = await createCaller(client).wait(new AbortController().signal);
  if (answer.completed.length !== 1) throw new Error('The worker did not complete.');
}
