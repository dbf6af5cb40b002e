import { chown, mkdir, readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { type Stage, setStage } from '../end-to-end/harness.ts';

/** Returns a folder of another user. Root makes one; for all other users `/usr` is one. */
async function foreignFolder({ outside }: Stage): Promise<string> {
  if (process.getuid?.() !== 0) return '/usr';
  const folder = `${outside}/foreign`;
  await mkdir(folder);
  await chown(folder, 4_711, 4_711);
  return folder;
}

it('a logs folder of another user is refused by every tool, and nothing is written there', async () => {
  const stage = await setStage();
  const folder = await foreignFolder(stage);
  const before = await readdir(folder);
  const session = await stage.connect({ args: ['--logs-dir', folder] });
  const worker_id = '00000000-0000-4000-8000-000000000000';
  const calls: [string, Record<string, unknown>][] = [
    ['spawn_worker', { description: 'A', prompt: 'B' }],
    ['wait', {}],
    ['list_workers', {}],
    ['resume_worker', { worker_id, prompt: 'B' }],
    ['stop_worker', { worker_ids: [worker_id] }],
    ['approve_permission', { request_id: worker_id, allow: true }],
  ];
  for (const [tool, args] of calls) {
    const sentence = await session.refusal(tool, args);
    expect(sentence).toMatch(/belongs to another user \(uid \d+\).*AWM_LOGS_DIR/);
  }
  expect(await readdir(folder)).toEqual(before);
});
