import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Session } from '../end-to-end/harness.ts';
import { openSession } from '../end-to-end/open-session.ts';
import { type ApiProcess, startApiProcess } from './api-process.ts';

/** Where a run takes place: real files, real processes, and the two witnesses beside them. */
export interface Stage {
  root: string;
  logs: string;
  /** The file to which every command that runs adds its name. */
  ran: string;
  /** The file to which the practice API adds every answer that it gave in full. */
  answered: string;
  api: ApiProcess;
  /** The server that there is now; a new one when the last has died. */
  server(): Promise<Session>;
  /** The process of the server, or 0 when there is none. */
  serverPid(): number;
  readonly restarts: number;
  /** Ends the server and the API; the files stay until `remove`. */
  close(): Promise<void>;
  remove(): Promise<void>;
}

export async function setStage(workers: number): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), 'awm-chaos-'));
  const [project, home] = [join(root, 'project'), join(root, 'home')];
  await Promise.all([mkdir(project), mkdir(home)]);
  const answered = join(root, 'answered.ndjson');
  const api = await startApiProcess(answered);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    AWM_CLAUDE: resolve('node_modules/.bin/claude'),
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${api.port}`,
    ANTHROPIC_API_KEY: 'practice',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    // An idle claude does not collect garbage, which would take time from the workers that do something.
    BUN_GC_TIMER_DISABLE: '1',
  };
  let current: Session | undefined;
  let restarts = -1;

  return {
    ...{ root, logs: join(project, 'logs'), ran: join(root, 'ran'), answered, api },
    async server() {
      if (current) return current;
      // One slot stays free, so that there is room for a process that is started ahead.
      const args = ['--max-workers', String(workers + 1)];
      const session = await openSession({ args, cwd: project, env, name: 'claude-code' });
      restarts += 1;
      current = session;
      session.client.onclose = () => {
        if (current === session) current = undefined;
      };
      return session;
    },
    serverPid: () => current?.pid ?? 0,
    get restarts() {
      return restarts;
    },
    async close() {
      await current?.close();
      await api.close();
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
