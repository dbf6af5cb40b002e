import type { ProcessCommand, WorkerFact, WorkerOutput } from '../../machines/worker.ts';
import { messageOf } from '../errors.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import { endLine } from '../files/private-files.ts';
import { signalGroup } from '../processes/identity.ts';
import { isHere, livenessOf } from '../processes/liveness.ts';
import { endLeftovers, signalTagged } from '../processes/reap.ts';
import { exitFailure } from './exit.ts';
import type { Exit, Launched } from './launch.ts';
import { followOutput, type Output, type OutputInput } from './output.ts';
import { sizeOf } from './stderr.ts';

export interface FollowDeps {
  folders: Folders;
  /** Resolves once every decision about a worker so far is in its journal. */
  recorded(worker_id: string): Promise<void>;
  /** Returns where the unread part of a worker's stdout begins, in bytes. */
  offsetOf(worker_id: string): number;
  warn(message: string): void;
}

/** A process of an earlier server, as the journal names it; null when no PROCESS_STARTED is there. */
type AdoptedProcess = Extract<ProcessCommand, { type: 'ATTACH' }>['process'];

/** Where the output of a process begins in the files of its worker, in bytes. */
export interface OutputStart {
  offset: number;
  stderr_offset: number;
}

/** Follows the processes of one worker, one at a time: reports their output and how each one ends. */
export interface ProcessFollower {
  readonly isFollowing: boolean;
  /** Ends the line that an earlier process left open; returns where the next output begins. */
  prepare(): Promise<OutputStart>;
  /** Follows a process that this server has started. */
  follow(started: Launched, start: OutputStart): void;
  /** Follows a process of an earlier server; resolves once its present output is reported. */
  adopt(process: AdoptedProcess): Promise<void>;
  /** Signals the process group, if a process is followed; resolves once it is signalled. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** Stops following; the process is not touched. Never rejects. */
  dispose(): Promise<void>;
}

/** How often the server checks that an adopted process exists: it gets no exit event for it. */
const watchMs = 1_000;

/** The exit of a process that this server did not see. */
const unseen: Exit = { code: null, signal: null };

export function createProcessFollower(
  deps: FollowDeps,
  worker_id: string,
  report: (fact: WorkerFact) => void,
): ProcessFollower {
  const paths = workerPaths(deps.folders, worker_id);
  let output: Output | undefined;
  let unread = deps.offsetOf(worker_id);
  let watch: NodeJS.Timeout | undefined;
  let wasSignalled = false;
  /** True for an adopted process of another namespace: its pid is that of another process here. */
  let isBeside = false;

  const complain = (error: unknown) => deps.warn(`Worker ${worker_id}: ${messageOf(error)}`);
  const read = (given: Pick<OutputInput, 'pid' | 'stderrOffset' | 'hasSpoken' | 'onOutput'>) => {
    output = followOutput({ ...deps, worker_id, paths, offset: unread, ...given });
    return output;
  };
  const conclude = async (exit: Exit) => {
    const ended = output;
    if (!ended) return;
    output = undefined;
    clearInterval(watch);
    // Whatever fails here, the worker has to know that its process is gone.
    const failure = await ended.conclude(exit).catch((error: unknown) => {
      complain(error);
      return exitFailure(exit, '', true);
    });
    unread = ended.offset;
    await endChildren(ended.pid, exit).catch(complain);
    report({ type: 'EXITED', ...failure });
  };
  /** Ends the processes that an exited process left behind: no server can reach them. */
  const endChildren = async (pid: number, exit: Exit) => {
    // The pid of an unseen exit may belong to another process by now.
    if (exit !== unseen) signalGroup(pid, 'SIGKILL');
    // Tools of claude run in sessions of their own; claude ends them when it exits by itself.
    if (exit.code === 0 && !wasSignalled) return;
    await endLeftovers([worker_id], deps.warn);
  };
  const prepare = async () => {
    wasSignalled = false;
    unread = Math.max(unread, await endLine(paths.stdout));
    return { offset: unread, stderr_offset: await sizeOf(paths.stderr) };
  };
  const concludeIfGone = async (process: AdoptedProcess) => {
    const { stdin, givenUp } = paths;
    // A process that cannot be seen is not called gone.
    if (!process || (await livenessOf(process, { stdin, givenUp })) === 'gone') {
      await conclude(unseen);
    }
  };

  return {
    get isFollowing() {
      return output !== undefined;
    },
    prepare,
    follow({ pid, exited, markStarted }, { offset, stderr_offset }) {
      isBeside = false;
      unread = offset;
      const onOutput = (fact: WorkerOutput) => {
        markStarted?.();
        report(fact);
      };
      read({ pid, stderrOffset: stderr_offset, hasSpoken: false, onOutput });
      void exited.then(conclude);
    },
    async adopt(process) {
      // A process without PROCESS_STARTED never got a prompt: end it, so that a new one starts.
      if (!process) await endLeftovers([worker_id], deps.warn).then(prepare);
      isBeside = process !== null && !(await isHere(process));
      const { pid = 0, stderr_offset = 0 } = process ?? {};
      const found = { pid, stderrOffset: stderr_offset, hasSpoken: true };
      await read({ ...found, onOutput: report }).catchUp();
      await concludeIfGone(process);
      const look = () => void concludeIfGone(process).catch(complain);
      if (output) watch = setInterval(look, watchMs).unref();
    },
    async signal(name) {
      wasSignalled = true;
      if (!output) return;
      if (isBeside) return signalTagged(worker_id, name);
      signalGroup(output.pid, name);
    },
    async dispose() {
      clearInterval(watch);
      await output?.detach().catch(complain);
    },
  };
}
