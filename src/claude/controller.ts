import { randomUUID } from 'node:crypto';
import type { ProcessCommand, WorkerFact, WorkerSpec } from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';
import { codeOf, messageOf } from '../errors.ts';
import { writeToFifo } from '../files/fifo.ts';
import { workerPaths } from '../files/paths.ts';
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
import { createProcessFollower, type FollowDeps, type OutputStart } from './follow-process.ts';
import type { Launched } from './launch.ts';
import { type StartDeps, startClaude, startFailure } from './start.ts';

export interface ControllerDeps extends StartDeps, FollowDeps {}

/** Controls a worker's processes, one at a time: start, adopt, write, signal. */
export interface Controller {
  obey(command: ProcessCommand): Promise<void>;
  /** Reports that a command failed: as a fact where the worker has to know, else as a warning. */
  reportFailure(command: ProcessCommand, error: unknown): void;
  /** Aborts a write to a process that is about to be ended, and may never read it. */
  abortWriting(): void;
  dispose(): Promise<void>;
}

type StartCommand = Extract<ProcessCommand, { type: 'START' }>;
type AttachCommand = Extract<ProcessCommand, { type: 'ATTACH' }>;

export function createController(
  deps: ControllerDeps,
  spec: WorkerSpec,
  report: (fact: WorkerFact) => void,
): Controller {
  const { worker_id } = spec;
  const paths = workerPaths(deps.folders, worker_id);
  const follower = createProcessFollower(deps, worker_id, report);
  let isDisposed = false;
  let writing = new AbortController();

  const start = async (command: StartCommand) => {
    // The next owner of the worker starts a process of its own.
    if (isDisposed) return;
    writing = new AbortController();
    const next = await follower.prepare();
    const options = optionsFor(spec, command);
    const started = await launch(command, options);
    const begin = startOf(started, next);
    await reportStart(started, begin);
    follower.follow(started, begin);
    await configure(started, options);
  };
  const launch = ({ resume, remembered }: StartCommand, options: EffectiveOptions) =>
    startClaude({ deps, spec, options, paths, resume, remembered, signal: writing.signal });
  const reportStart = async ({ pid, standby }: Launched, begin: OutputStart) => {
    const start_time = (await startTimeOf(pid)) ?? '';
    const ahead = standby ? { standby: true as const } : {};
    const place = await ownPlace();
    report({ type: 'PROCESS_STARTED', pid, start_time, ...place, ...begin, ...ahead });
  };
  /** Sends what a process has to know before its first prompt. */
  const configure = async ({ standby }: Launched, options: EffectiveOptions) => {
    const { model } = options;
    if (standby && model !== undefined && model !== standby.model) await write(modelLine(model));
    if (!standby?.isInitialized) await write(initializeLine(options));
  };
  const adopt = async ({ process, is_idle }: AttachCommand) => {
    if (follower.isFollowing) return;
    await follower.adopt(process);
    if (follower.isFollowing && !is_idle) report({ type: 'ATTACHED' });
  };
  const write = (text: string) => writeToFifo(paths.stdin, text, writing.signal);

  return {
    async obey(command) {
      switch (command.type) {
        case 'START':
          return start(command);
        case 'ATTACH':
          return adopt(command);
        case 'SEND_PROMPT':
          return write(promptLine(command.prompt));
        case 'SEND_ANSWER':
          return write(answerLine(command.request, command.answer));
        case 'REFUSE_CONTROL':
          return write(refusalLine(command.cli_id, command.subtype));
        case 'INTERRUPT':
          return follower.isFollowing ? write(interruptLine(randomUUID())) : undefined;
        case 'TERMINATE':
          return follower.signal('SIGTERM');
        case 'KILL':
          return follower.signal('SIGKILL');
        default:
          command satisfies never;
      }
    },
    abortWriting() {
      writing.abort();
    },
    reportFailure(command, error) {
      if (isNoReader(error)) return;
      if (command.type === 'START') return report(startFailure(error));
      deps.warn(`Worker ${worker_id}, ${command.type}: ${messageOf(error)}`);
      if (isEnding(command)) return;
      report({ type: 'STORAGE_FAILED', hint: `Its stdin is lost: ${messageOf(error)}` });
    },
    async dispose() {
      isDisposed = true;
      await follower.dispose();
    },
  };
}

/** Returns where the output of a process begins; a standby process wrote before it had a worker. */
function startOf({ standby }: Launched, next: OutputStart): OutputStart {
  if (!standby) return next;
  return { offset: standby.isInitialized ? 0 : next.offset, stderr_offset: 0 };
}

/** Returns the worker's own options, with the model that a follow-up has in place of its own. */
function optionsFor(spec: WorkerSpec, command: StartCommand): EffectiveOptions {
  // Validated when the worker was spawned; the journal keeps them as they were.
  const options = spec.options as EffectiveOptions;
  return command.model === undefined ? options : { ...options, model: command.model };
}

/** True when a write was aborted, or the FIFO has no reader: EXITED follows with the reason. */
const isNoReader = (error: unknown): boolean =>
  ['ABORT_ERR', 'ENXIO', 'EPIPE'].includes(codeOf(error) ?? '');

/** True for a command that ends a process: it needs no record first, and no journal. */
export const isEnding = ({ type }: ProcessCommand): boolean =>
  type === 'INTERRUPT' || type === 'TERMINATE' || type === 'KILL';
