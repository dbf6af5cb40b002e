import { readdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Session, type Stage, setStage } from '../end-to-end/harness.ts';
import { scripted } from '../src/stage.ts';

/** A stage whose servers run the stand-in, and whose server's writes a test can make fail. */
export interface FaultyStage extends Stage {
  open(through?: string[]): Promise<Session>;
  /** From now on writes to paths that contain a key fail with the error code that is its value. */
  force(faults: Record<string, string>): Promise<void>;
  /** The names in a folder, of the logs folder unless another is given. */
  files(folder?: string): Promise<string[]>;
}

const preload = pathToFileURL(resolve('test/faults/faulty-files.mjs')).href;

export async function setFaultyStage(): Promise<FaultyStage> {
  const stage = await setStage();
  const rules = join(stage.outside, 'faults.json');
  // The server reads it at any moment, and must not find half of it.
  const force = async (faults: Record<string, string>) => {
    await writeFile(`${rules}.new`, JSON.stringify(faults));
    await rename(`${rules}.new`, rules);
  };
  await force({});
  const env = {
    AWM_CLAUDE: resolve('test/stand-ins/claude.mjs'),
    AWM_FAULTS: rules,
    NODE_OPTIONS: `--import=${preload}`,
  };
  return {
    ...stage,
    force,
    open: (through = []) => stage.connect({ through, env }),
    files: (folder = stage.logs) => readdir(folder),
  };
}

/** A turn that waits for one permission before it ends. */
export const asking = scripted({ ask: [{ tool: 'Bash', input: { command: 'true' } }] });

/** A turn that goes on until somebody ends it. */
export const endless = scripted({ hang: true });
