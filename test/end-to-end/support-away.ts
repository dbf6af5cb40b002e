import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Step } from '../../src/practice/script.ts';
import { bash, type Session, type Stage, scripted, untilWritten } from './harness.ts';
import { isRunning } from './processes.ts';

/**
 * Spawns a worker that starts a process in another process session and then does `next`.
 * @returns the worker's id and the id of that process, which runs.
 */
export async function spawnWithChildAway(
  stage: Stage,
  session: Session,
  next: Step,
): Promise<{ id: string; child: number }> {
  const away = "setsid sh -c 'echo $$ > away; exec sleep 300' < /dev/null > /dev/null 2>&1 &";
  const options = { allowed_tools: ['Bash'] };
  const id = await session.spawn(scripted(bash(away), next), options);
  const child = Number(await untilWritten(join(stage.project, 'away'), /\d+\n/));
  onTestFinished(async () => {
    if (await isRunning(child)) process.kill(child, 'SIGKILL');
  });
  expect(await isRunning(child)).toBe(true);
  return { id, child };
}
