import { randomUUID } from 'node:crypto';
import type { ProcessCommand, WorkerFact, WorkerSpec } from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';
import { codeOf, messageOf } from '../errors.ts';
import { writeToFifo } from '../files/fifo.ts';
import { type WorkerPaths, workerPaths } from '../files/paths.ts';
import { startTimeOf } from '../processes/identity.ts';
import { ownPlace } from '../processes/place.ts';
import {
  answerLine,
  initializeLine,
  interruptLine,
  modelLine,
  promptLine,
  refusalLine,
} from '../stream-json/input-line.ts';
import { budgetSpent, optionsFor } from './carried-over.ts';
import { type FollowDeps, type OutputStart, ProcessFollower } from './follow-process.ts';
import type { Launched } from './launch.ts';
import { inodesOf } from './output.ts';
import { type StartDeps, startClaude, startFailure } from './start.ts';

export interface ControllerDeps extends StartDeps, FollowDeps {}

type StartCommand = Extract<ProcessCommand, { type: 'START' }>;
type AttachCommand = Extract<ProcessCommand, { type: 'ATTACH' }>;

/** What a process has to know before its first prompt depends on how it was started. */
interface Configuration {
  standby: Launched['standby'];
  options: EffectiveOptions;
}

/**
 * Controls a worker's processes, one at a time: start, adopt, write, signal. A class, because each
 * worker has a controller and an object takes less memory than closures.
 */
export class Controller {
  private readonly deps: ControllerDeps;
  private readonly spec: WorkerSpec;
  private readonly report: (fact: WorkerFact) => void;
  private readonly follower: ProcessFollower;
  private isDisposed = false;
  /** What configures the last started process, which can be configured once more. */
  private configuration: Configuration | undefined;
  /** Aborts the present start or write; made when one begins, kept aborted until the next start. */
  private writing: AbortController | undefined;

  constructor(deps: ControllerDeps, spec: WorkerSpec, report: (fact: WorkerFact) => void) {
    this.deps = deps;
    this.spec = spec;
    this.report = report;
    this.follower = new ProcessFollower(deps, spec.worker_id, report);
  }

  async obey(command: ProcessCommand): Promise<void> {
    switch (command.type) {
      case 'START':
        return this.start(command);
      case 'ATTACH':
        return this.adopt(command);
      case 'CONFIGURE':
        return this.configureAgain();
      case 'SEND_PROMPT':
        return this.write(promptLine(command.prompt));
      case 'SEND_ANSWER':
        return this.write(answerLine(command.request, command.answer));
      case 'REFUSE_CONTROL':
        return this.write(refusalLine(command.cli_id, command.subtype));
      case 'INTERRUPT':
        return this.follower.isFollowing ? this.write(interruptLine(randomUUID())) : undefined;
      case 'TERMINATE':
        return this.follower.signal('SIGTERM');
      case 'KILL':
        return this.follower.signal('SIGKILL');
      default:
        command satisfies never;
    }
  }

  /** Aborts a write to a process that is about to be ended, and may never read it. */
  abortWriting(): void {
    this.writing ??= new AbortController();
    this.writing.abort();
  }

  /** Reports that a command failed: as a fact where the worker has to know, else as a warning. */
  reportFailure(command: ProcessCommand, error: unknown): void {
    if (isNoReader(error)) return;
    if (command.type === 'START') {
      this.report(startFailure(error));
      return;
    }
    this.deps.warn(`Worker ${this.spec.worker_id}, ${command.type}: ${messageOf(error)}`);
    if (isEnding(command)) return;
    this.report({ type: 'STORAGE_FAILED', hint: `Its stdin is lost: ${messageOf(error)}` });
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    await this.follower.dispose();
  }

  private async start(command: StartCommand): Promise<void> {
    // The next owner of the worker starts a process of its own.
    if (this.isDisposed) return;
    const options = optionsFor(this.spec, command);
    if (options === undefined) {
      this.report(budgetSpent(this.spec));
      return;
    }
    this.writing = undefined;
    const next = await this.follower.prepare();
    const started = await this.launch(command, options);
    const begin = { ...startOf(started, next), inodes: await inodesOf(this.paths) };
    await this.reportStart(started, begin);
    this.follower.follow(started, begin);
    // Not the whole start, whose object would live as long as the process.
    this.configuration = { standby: started.standby, options };
    await this.configure(this.configuration);
  }

  private launch(command: StartCommand, options: EffectiveOptions) {
    const { deps, paths } = this;
    const {
      resume,
      remembered,
      session_id = this.spec.session_id,
      permission_mode: mode,
    } = command;
    const spec = { ...this.spec, session_id };
    const input = { deps, spec, options, paths, resume, remembered, ...(mode && { mode }) };
    return this.abortable((signal) => startClaude({ ...input, signal }));
  }

  private async reportStart({ pid, standby }: Launched, begin: OutputStart): Promise<void> {
    const start_time = (await startTimeOf(pid)) ?? '';
    const ahead = standby ? { standby: true as const } : {};
    const place = await ownPlace();
    this.report({ type: 'PROCESS_STARTED', pid, start_time, ...place, ...begin, ...ahead });
  }

  /** Sends what a process has to know before its first prompt. */
  private async configure({ standby, options }: Configuration): Promise<void> {
    const { model } = options;
    if (standby && model !== undefined && model !== standby.model) {
      await this.write(modelLine(model));
    }
    if (!standby?.isInitialized) await this.write(initializeLine(options));
  }

  private async configureAgain(): Promise<void> {
    if (!this.follower.isFollowing || !this.configuration) return;
    await this.configure(this.configuration);
  }

  private async adopt({ process, is_idle }: AttachCommand): Promise<void> {
    if (this.follower.isFollowing) return;
    await this.follower.adopt(process);
    if (this.follower.isFollowing && !is_idle) this.report({ type: 'ATTACHED' });
  }

  private write(text: string): Promise<void> {
    return this.abortable((signal) => writeToFifo(this.paths.stdin, text, signal));
  }

  private async abortable<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    this.writing ??= new AbortController();
    const { signal } = this.writing;
    try {
      return await work(signal);
    } finally {
      if (!signal.aborted) this.writing = undefined;
    }
  }

  private get paths(): WorkerPaths {
    return workerPaths(this.deps.folders, this.spec.worker_id);
  }
}

/** Returns where the output of a process begins; a standby process wrote before it had a worker. */
function startOf({ standby }: Launched, next: OutputStart): OutputStart {
  if (!standby) return next;
  return { offset: standby.isInitialized ? 0 : next.offset, stderr_offset: 0 };
}

/** True when a write was aborted, or the FIFO has no reader: EXITED follows with the reason. */
const isNoReader = (error: unknown): boolean =>
  ['ABORT_ERR', 'ENXIO', 'EPIPE'].includes(codeOf(error) ?? '');

/** True for a command that ends a process: it needs no record first, and no journal. */
export const isEnding = ({ type }: ProcessCommand): boolean =>
  type === 'INTERRUPT' || type === 'TERMINATE' || type === 'KILL';
