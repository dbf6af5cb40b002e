import { rm } from 'node:fs/promises';
import { type Stage, type StageOptions, setStage } from '../demo/stage.ts';

/** Sets a stage as the demo does, for as long as it is used, and leaves nothing of it behind. */
export async function onStage<Value>(
  options: StageOptions,
  use: (stage: Stage) => Promise<Value>,
): Promise<Value> {
  const stage = await setStage(options);
  try {
    return await use(stage);
  } finally {
    await stage.close();
    await rm(stage.folder, { recursive: true, force: true });
  }
}
