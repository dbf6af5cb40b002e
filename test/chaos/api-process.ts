import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A practice API that can be killed and restarts on the same port. */
export interface ApiProcess {
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

const entry = fileURLToPath(new URL('api.ts', import.meta.url));

/** @param record The file in which the API records every complete answer. */
export async function startApiProcess(record: string): Promise<ApiProcess> {
  let isClosing = false;
  let current: ChildProcess;
  const start = async (port: number): Promise<number> => {
    const args = ['--import', 'tsx', entry, String(port), record];
    current = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const { stdout } = current;
    current.once('exit', () => isClosing || void start(opened));
    const [line] = stdout ? await once(stdout, 'data') : [];
    return Number(line);
  };
  let opened = 0;
  opened = await start(0);
  return {
    port: opened,
    get pid() {
      return current.pid ?? 0;
    },
    async close() {
      if (isClosing) return;
      isClosing = true;
      const gone = once(current, 'exit');
      current.kill('SIGKILL');
      await gone;
    },
  };
}
