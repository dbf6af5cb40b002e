import { rm } from 'node:fs/promises';
import { type Stage, type StageOptions, setStage } from '../demo/stage.ts';

/** Creates the stage of the demo, and removes it after the use. */
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
