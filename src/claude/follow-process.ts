import type {
  FileInodes,
  ProcessCommand,
  WorkerFact,
  WorkerOutput,
} from '../../machines/worker.ts';
import { messageOf } from '../errors.ts';
import { type Folders, type WorkerPaths, workerPaths } from '../files/paths.ts';
import { endLine, setAside } from '../files/private-files.ts';
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
  /** The files that the process has open. */
  inodes?: FileInodes;
}

type Given = Pick<OutputInput, 'pid' | 'inodes' | 'stderrOffset' | 'hasSpoken' | 'onOutput'>;

/** How often the server checks that an adopted process exists: it gets no exit event for it. */
const watchMs = 1_000;

/** The exit of a process that this server did not see. */
const unseen: Exit = { code: null, signal: null };

/**
 * Follows the processes of one worker, one at a time: reports their output and how each one ends. A
 * class, because each worker has a follower and an object takes less memory than closures.
 */
export class ProcessFollower {
  private readonly deps: FollowDeps;
  private readonly worker_id: string;
  private readonly report: (fact: WorkerFact) => void;
  private output: Output | undefined;
  private unread: number;
  private watch: NodeJS.Timeout | undefined;
  private wasSignalled = false;
  /** True for an adopted process of another namespace: its pid is that of another process here. */
  private isBeside = false;

  constructor(deps: FollowDeps, worker_id: string, report: (fact: WorkerFact) => void) {
    this.deps = deps;
    this.worker_id = worker_id;
    this.report = report;
    this.unread = deps.offsetOf(worker_id);
  }

  get isFollowing(): boolean {
    return this.output !== undefined;
  }

  /** Ends the line that an earlier process left open; returns where the next output begins. */
  async prepare(): Promise<OutputStart> {
    const { stdout, stderr } = this.paths;
    this.wasSignalled = false;
    await Promise.all([stdout, stderr].map(setAside));
    // Smaller than before when another program has emptied or replaced it.
    this.unread = await endLine(stdout);
    return { offset: this.unread, stderr_offset: await sizeOf(stderr) };
  }

  /** Follows a process that this server has started. */
  follow({ pid, exited, markStarted }: Launched, start: OutputStart): void {
    const { offset, stderr_offset, inodes } = start;
    const { report } = this;
    this.isBeside = false;
    this.unread = offset;
    const onOutput = (fact: WorkerOutput) => {
      markStarted?.();
      report(fact);
    };
    this.read({ pid, inodes, stderrOffset: stderr_offset, hasSpoken: false, onOutput });
    void exited.then((exit) => this.conclude(exit));
  }

  /** Follows a process of an earlier server; resolves once its present output is reported. */
  async adopt(process: AdoptedProcess): Promise<void> {
    // A process without PROCESS_STARTED never got a prompt: end it, so that a new one starts.
    if (!process) {
      await endLeftovers([this.worker_id], this.deps.warn);
      await this.prepare();
    }
    this.isBeside = process !== null && !(await isHere(process));
    const { pid, stderr_offset = 0, inodes } = process ?? { pid: 0 };
    const found = { pid, inodes, stderrOffset: stderr_offset, hasSpoken: true };
    await this.read({ ...found, onOutput: this.report }).catchUp();
    await this.concludeIfGone(process);
    const look = () => void this.concludeIfGone(process).catch((error) => this.complain(error));
    if (this.output) this.watch = setInterval(look, watchMs).unref();
  }

  /** Signals the process group, if a process is followed; resolves once it is signalled. */
  async signal(name: NodeJS.Signals): Promise<void> {
    this.wasSignalled = true;
    if (!this.output) return;
    if (this.isBeside) return signalTagged(this.worker_id, name);
    signalGroup(this.output.pid, name);
  }

  /** Stops following; the process is not touched. Never rejects. */
  async dispose(): Promise<void> {
    clearInterval(this.watch);
    await this.output?.detach().catch((error) => this.complain(error));
  }

  private get paths(): WorkerPaths {
    return workerPaths(this.deps.folders, this.worker_id);
  }

  private read(given: Given): Output {
    const { worker_id, paths, unread: offset } = this;
    const { recorded, warn } = this.deps;
    const onLost = (error: unknown) => this.lose(error);
    this.output = followOutput({ worker_id, paths, offset, recorded, warn, onLost, ...given });
    return this.output;
  }

  private async concludeIfGone(process: AdoptedProcess): Promise<void> {
    const { stdin, givenUp } = this.paths;
    // A process that cannot be seen is not called gone.
    if (!process || (await livenessOf(process, { stdin, givenUp })) === 'gone') {
      await this.conclude(unseen);
    }
  }

  private async conclude(exit: Exit): Promise<void> {
    const ended = this.output;
    if (!ended) return;
    this.output = undefined;
    clearInterval(this.watch);
    // Whatever fails here, the worker has to know that its process is gone.
    const failure = await ended.conclude(exit).catch((error: unknown) => {
      this.complain(error);
      return exitFailure(exit, '', true);
    });
    this.unread = ended.offset;
    await this.endChildren(ended.pid, exit).catch((error) => this.complain(error));
    this.report({ type: 'EXITED', ...failure });
  }

  /** Ends the processes that an exited process left behind: no server can reach them. */
  private async endChildren(pid: number, exit: Exit): Promise<void> {
    // The pid of an unseen exit may belong to another process by now.
    if (exit !== unseen) signalGroup(pid, 'SIGKILL');
    // Tools of claude run in sessions of their own; claude ends them when it exits by itself.
    if (exit.code === 0 && !this.wasSignalled) return;
    await endLeftovers([this.worker_id], this.deps.warn);
  }

  /** Reports that another program has harmed a file of the process. */
  private lose(error: unknown): void {
    this.complain(error);
    const hint = `It cannot be followed any more: ${messageOf(error)}`;
    this.report({ type: 'STORAGE_FAILED', hint });
  }

  private complain(error: unknown): void {
    this.deps.warn(`Worker ${this.worker_id}: ${messageOf(error)}`);
  }
}
