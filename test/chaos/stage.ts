import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Session } from '../end-to-end/harness.ts';
import { endNamespace, inside, leaveInside, whyNoNamespace } from '../end-to-end/namespaces.ts';
import { openSession } from '../end-to-end/open-session.ts';
import { type ApiProcess, startApiProcess } from './api-process.ts';
import { makeRepository } from './repository.ts';

/** The surroundings of a run: real files, real processes and the two witness files. */
export interface Stage {
  root: string;
  /** A git repository that has a folder `logs` of its own. */
  project: string;
  logs: string;
  state: string;
  /** The file to which each command appends its name when it runs. */
  ran: string;
  /** The file to which the practice API appends every complete answer. */
  answered: string;
  api: ApiProcess;
  /** Returns the living server, or starts one when the last has died. */
  server(): Promise<Session>;
  /** Returns the process id of the server, or 0 without a server. */
  serverPid(): number;
  /** Closes both pipes of the living server, as the death of its client does. */
  leaveServer(): void;
  /** False where no pid namespace can be made. */
  hasNamespaces: boolean;
  /**
   * Starts a server in a pid namespace of its own over the same folders, and ends it again. What it may
   * have started there runs on.
   */
  visitFromElsewhere(): Promise<void>;
  readonly restarts: number;
  /** Ends the server and the API. The files stay until `remove`. */
  close(): Promise<void>;
  remove(): Promise<void>;
}

export async function setStage(workers: number): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), 'awm-chaos-'));
  const [project, home] = [join(root, 'project'), join(root, 'home')];
  await Promise.all([makeRepository(project), mkdir(home)]);
  const state = join(root, 'state');
  const answered = join(root, 'answered.ndjson');
  const api = await startApiProcess(answered);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    AWM_STATE_DIR: state,
    AWM_CLAUDE: resolve('node_modules/.bin/claude'),
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${api.port}`,
    ANTHROPIC_API_KEY: 'practice',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    // The garbage collection of an idle claude would take CPU time from the running workers.
    BUN_GC_TIMER_DISABLE: '1',
  };
  let current: Session | undefined;
  let restarts = -1;

  const visitors: Session[] = [];
  const connect = (more: { standby?: string; through?: string[] } = {}) => {
    // One slot stays free for a standby process.
    const args = ['--max-workers', String(workers + 1)];
    const { standby = '1', through = [] } = more;
    const whole = { ...env, AWM_STANDBY: standby };
    return openSession({ args, cwd: project, env: whole, name: 'claude-code', through });
  };
  return {
    ...{ root, project, logs: join(project, 'logs'), state, ran: join(root, 'ran') },
    ...{ answered, api, hasNamespaces: (await whyNoNamespace()) === undefined },
    async server() {
      if (current) return current;
      const session = await connect();
      restarts += 1;
      current = session;
      session.client.onclose = () => {
        if (current === session) current = undefined;
      };
      return session;
    },
    serverPid: () => current?.pid ?? 0,
    leaveServer: () => current?.abandon(),
    async visitFromElsewhere() {
      const visitor = await connect({ standby: '0', through: inside });
      visitors.push(visitor);
      await visitor.call('list_workers');
      await leaveInside(visitor);
    },
    get restarts() {
      return restarts;
    },
    async close() {
      await current?.close();
      await Promise.all(visitors.splice(0).map(endNamespace));
      await api.close();
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
