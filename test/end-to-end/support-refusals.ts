import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { shellWord } from '../../src/text/shell-word.ts';
import { bash, type Session, type Stage, scripted } from './harness.ts';

/** The arguments of a wrong call and the expected sentence. */
export type Refusal = [args: Record<string, unknown>, sentence: string];

/** Makes each wrong call while another worker runs, and compares the complete sentences. */
export async function expectRefusals(
  stage: Stage,
  session: Session,
  tool: string,
  refusals: Refusal[],
): Promise<void> {
  await besideAWorker(stage, session, async () => {
    const files = await readdir(stage.state);
    const said: Refusal[] = [];
    for (const [args] of refusals) said.push([args, await sentenceOf(session, tool, args)]);
    expect(said).toEqual(refusals);
    expect(await readdir(stage.state)).toEqual(files);
  });
}

/** Returns the sentence that refuses a call, or the error when the call is not refused. */
export async function sentenceOf(
  session: Session,
  tool: string,
  args: Record<string, unknown>,
): Promise<string> {
  const sentence = await session.refusal(tool, args).catch((error: Error) => error.message);
  // A correct call after each wrong call shows that the server still works.
  await session.call('list_workers');
  return sentence;
}

/**
 * Runs an action while a worker has an open turn. Then checks that the worker lost nothing: it is
 * still the only worker, and completes once its permission is allowed.
 */
export async function besideAWorker(
  stage: Stage,
  session: Session,
  action: (bystander: { worker_id: string; request_id: string }) => Promise<void>,
): Promise<void> {
  const file = join(stage.project, 'bystander.txt');
  await session.spawn(scripted(bash(`touch ${shellWord(file)}`), { text: 'Still here.' }));
  const { pending_permissions } = await session.call('wait');
  const { request_id, worker_id } = pending_permissions[0];
  await action({ worker_id, request_id });

  const { workers } = await session.call('list_workers');
  expect(workers).toMatchObject([{ worker_id, state: 'awaiting_permission' }]);
  await session.call('approve_permission', { request_id, allow: true });
  const { completed } = await session.call('wait');
  expect(completed).toMatchObject([{ worker_id }]);
  expect(await stage.history(worker_id)).toMatchObject({ result: 'Still here.' });
  await access(file);
}
