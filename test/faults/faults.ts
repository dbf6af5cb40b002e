import { readdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Session, type Stage, setStage } from '../end-to-end/harness.ts';
import { scripted } from '../src/stage.ts';

/** A stage whose servers run the stand-in; a test can make writes of its server fail. */
export interface FaultyStage extends Stage {
  /** Connects to a new server, started by the command `through` if it is given. */
  open(through?: string[]): Promise<Session>;
  /** Makes writes fail from now on: a key is a part of their path, its value the error code. */
  force(faults: Record<string, string>): Promise<void>;
  /** Returns the names in a folder, by default in the logs folder. */
  files(folder?: string): Promise<string[]>;
}

const preload = pathToFileURL(resolve('test/faults/faulty-files.mjs')).href;

export async function setFaultyStage(): Promise<FaultyStage> {
  const stage = await setStage();
  const rules = join(stage.outside, 'faults.json');
  // Renamed into place, because the server must never read half of the file.
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

/** A turn that runs until it is stopped. */
export const endless = scripted({ hang: true });
