import { randomUUID } from 'node:crypto';
import type {
  ProcessCommand,
  WorkerFact,
  WorkerOutput,
  WorkerSpec,
} from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';
import { codeOf, messageOf } from '../errors.ts';
import { writeToFifo } from '../files/fifo.ts';
import { workerPaths } from '../files/paths.ts';
import { endLine } from '../files/private-files.ts';
import { isAlive, signalGroup, startTimeOf } from '../processes/identity.ts';
import { endLeftovers } from '../processes/reap.ts';
import {
  answerLine,
  initializeLine,
  interruptLine,
  modelLine,
  promptLine,
  refusalLine,
} from '../stream-json/input-line.ts';
import type { Exit } from './launch.ts';
import { type Attachment, attachTo } from './output.ts';
import { type StartDeps, startClaude, startFailure } from './start.ts';

/** What a handle needs from outside. */
export interface ControllerDeps extends StartDeps {
  logsDir: string;
  /** Resolves once all that was decided about a worker so far is in its journal. */
  recorded(worker_id: string): Promise<void>;
  /** Where the unread part of a worker's stdout begins. */
  offsetOf(worker_id: string): number;
  warn(message: string): void;
}

/** Has one worker's process after the other in hand: starts and follows them, and speaks to them. */
export interface Handle {
  obey(command: ProcessCommand): Promise<void>;
  complain(command: ProcessCommand, error: unknown): void;
  /** For a process that is about to be ended, and may never read what is being written to it. */
  giveUpWriting(): void;
  dispose(): Promise<void>;
}

/** How often a process that this server did not start itself is looked at. */
const watchMs = 1_000;

/** How a process ended that nobody saw ending. */
const unseen: Exit = { code: null, signal: null };

export function createHandle(
  deps: ControllerDeps,
  spec: WorkerSpec,
  sendBack: (fact: WorkerFact) => void,
): Handle {
  const { worker_id } = spec;
  const paths = workerPaths(deps.logsDir, worker_id);
  // Validated when the worker was spawned; the journal keeps them as they were.
  const ownOptions = spec.options as EffectiveOptions;
  let attachment: Attachment | undefined;
  let offset = deps.offsetOf(worker_id);
  let watch: NodeJS.Timeout | undefined;
  let wasEnded = false;
  let isDisposed = false;
  let writing = new AbortController();

  const write = (text: string) => writeToFifo(paths.stdin, text, writing.signal);
  const attach = (pid: number, isUp = () => {}) => {
    const onOutput = (output: WorkerOutput) => {
      isUp();
      sendBack(output);
    };
    return attachTo({ ...deps, worker_id, paths, pid, offset, onOutput });
  };
  const leave = async (exit: Exit) => {
    const left = attachment;
    if (!left) return;
    attachment = undefined;
    clearInterval(watch);
    const failure = await left.conclude(exit);
    offset = left.offset;
    await sweep(left.pid, exit);
    sendBack({ type: 'EXITED', ...failure });
  };
  /** What the process started and left behind has nobody to talk to any more. */
  const sweep = async (pid: number, exit: Exit) => {
    // Of a process that nobody saw ending, the number may be somebody else's by now.
    if (exit !== unseen) signalGroup(pid, 'SIGKILL');
    // Its tools run in sessions of their own; one that leaves by itself has ended them.
    if (exit.code === 0 && !wasEnded) return;
    await endLeftovers([worker_id], deps.warn);
  };
  /** The server that started it died before it could write that down. */
  const endUnrecorded = async () => {
    await endLeftovers([worker_id], deps.warn);
    offset = Math.max(offset, await endLine(paths.stdout));
  };
  const start = async (command: Extract<ProcessCommand, { type: 'START' }>) => {
    // The next owner starts one of its own.
    if (isDisposed) return;
    wasEnded = false;
    writing = new AbortController();
    // What an earlier process left of a line must not become the beginning of this one's first.
    offset = Math.max(offset, await endLine(paths.stdout));
    const { signal } = writing;
    const { resume, remembered } = command;
    const model = command.model ?? ownOptions.model;
    const options = model === undefined ? ownOptions : { ...ownOptions, model };
    const started = await startClaude({
      ...{ deps, spec, options, paths, resume, remembered, signal },
    });
    const { pid, exited, standby, isUp } = started;
    if (standby?.isInitialized) offset = 0;
    const start_time = (await startTimeOf(pid)) ?? '';
    const ahead = standby ? { standby: true as const } : {};
    sendBack({ type: 'PROCESS_STARTED', pid, start_time, offset, ...ahead });
    attachment = attach(pid, isUp);
    void exited.then(leave);
    if (standby && model !== undefined && model !== standby.model) await write(modelLine(model));
    if (!standby?.isInitialized) await write(initializeLine(options));
  };
  const adopt = async ({ process, is_idle }: Extract<ProcessCommand, { type: 'ATTACH' }>) => {
    if (attachment) return;
    // One that is not on record was never told anything, and its guard may be about to end it.
    if (!process) await endUnrecorded();
    attachment = attach(process?.pid ?? 0);
    const look = async () => {
      if (!process || !(await isAlive(process))) await leave(unseen);
    };
    await attachment.catchUp();
    await look();
    if (!attachment) return;
    if (!is_idle) sendBack({ type: 'ATTACHED' });
    watch = setInterval(() => void look(), watchMs).unref();
  };
  const signal = (name: NodeJS.Signals) => {
    wasEnded = true;
    if (attachment) signalGroup(attachment.pid, name);
  };

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
          return attachment && write(interruptLine(randomUUID()));
        case 'TERMINATE':
          return signal('SIGTERM');
        case 'KILL':
          return signal('SIGKILL');
        default:
          command satisfies never;
      }
    },
    giveUpWriting() {
      writing.abort();
    },
    complain(command, error) {
      if (codeOf(error) === 'ABORT_ERR') return;
      // Nobody reads the FIFO any more: the exit is about to be seen, and says it all.
      if (codeOf(error) === 'ENXIO' || codeOf(error) === 'EPIPE') return;
      if (command.type === 'START') return sendBack(startFailure(error));
      deps.warn(`Worker ${worker_id}, ${command.type}: ${messageOf(error)}`);
      if (isEnding(command)) return;
      sendBack({ type: 'STORAGE_FAILED', hint: `Its stdin is lost: ${messageOf(error)}` });
    },
    async dispose() {
      isDisposed = true;
      clearInterval(watch);
      await attachment?.detach();
    },
  };
}

/** Ending a process needs no record first: it is safe at any time, also without a journal. */
export const isEnding = ({ type }: ProcessCommand): boolean =>
  type === 'INTERRUPT' || type === 'TERMINATE' || type === 'KILL';
