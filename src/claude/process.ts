import { randomUUID } from 'node:crypto';
import { fromCallback } from 'xstate';
import type { ProcessCommand, WorkerFact, WorkerSpec } from '../../machines/worker.ts';
import { codeOf, messageOf } from '../errors.ts';
import type { EffectiveOptions } from '../options.ts';
import { replaceFile } from '../store/files.ts';
import { workerPaths } from '../store/paths.ts';
import { claudeArguments, claudeMcpConfig, claudeSettings } from './arguments.ts';
import { type Attachment, attachTo } from './attachment.ts';
import { workerEnvironment } from './environment.ts';
import { writeToFifo } from './fifo.ts';
import {
  answerLine,
  initializeLine,
  interruptLine,
  promptLine,
  refusalLine,
} from './input-line.ts';
import { CommandNotFound, type Exit, type Launch } from './launch.ts';
import { isAlive, signalGroup, startTimeOf } from './liveness.ts';

/** What a process actor needs from outside. */
export interface ProcessPort {
  command: string;
  env: NodeJS.ProcessEnv;
  logsDir: string;
  keepAliveSeconds: number;
  depth: number;
  launch: Launch;
  /** Resolves once all that was decided about a worker so far is in its journal. */
  recorded(worker_id: string): Promise<void>;
  /** Where the unread part of a worker's stdout begins. */
  offsetOf(worker_id: string): number;
  warn(message: string): void;
}

/**
 * The actor that holds a worker's process: commands from the machine go in, facts come out.
 * It outlives any single process of its worker, and a process outlives it. Nothing leaves it before
 * the decision to do so is in the journal.
 */
export function processLogic(port: ProcessPort) {
  return fromCallback<ProcessCommand, WorkerSpec>(({ input, sendBack, receive }) => {
    const session = createSession(port, input, sendBack);
    let last = Promise.resolve();
    receive((command) => {
      last = last
        .then(() => port.recorded(input.worker_id))
        .then(() => session.handle(command))
        .catch((error: unknown) => session.complain(command, error));
    });
    return () => void session.dispose();
  });
}

interface Session {
  handle(command: ProcessCommand): Promise<void>;
  complain(command: ProcessCommand, error: unknown): void;
  dispose(): Promise<void>;
}

/** How often a process that this server did not start itself is looked at. */
const watchMs = 1_000;

/** How a process ended that nobody saw ending. */
const unseen: Exit = { code: null, signal: null };

function createSession(
  port: ProcessPort,
  spec: WorkerSpec,
  sendBack: (fact: WorkerFact) => void,
): Session {
  const { worker_id } = spec;
  const paths = workerPaths(port.logsDir, worker_id);
  // Validated when the worker was spawned; the journal keeps them as they were.
  const options = spec.options as EffectiveOptions;
  let attachment: Attachment | undefined;
  let offset = port.offsetOf(worker_id);
  let watch: NodeJS.Timeout | undefined;

  const attach = (pid: number) => {
    const { warn } = port;
    attachment = attachTo({ worker_id, paths, pid, offset, onOutput: sendBack, warn });
  };
  const leave = async (exit: Exit) => {
    const left = attachment;
    if (!left) return;
    attachment = undefined;
    clearInterval(watch);
    const failure = await left.conclude(exit);
    offset = left.offset;
    sendBack({ type: 'EXITED', ...failure });
  };
  const start = async ({ resume, remembered }: Extract<ProcessCommand, { type: 'START' }>) => {
    await writePrivate(paths.settings, claudeSettings(remembered));
    await writePrivate(paths.mcpConfig, claudeMcpConfig(options));
    const { pid, exited } = await port.launch({
      command: port.command,
      args: claudeArguments({ spec, options, paths, resume, remembered }),
      env: workerEnvironment({ ...port, parent: port.env, worker_id, options }),
      cwd: spec.cwd,
      paths,
    });
    sendBack({ type: 'PROCESS_STARTED', pid, start_time: (await startTimeOf(pid)) ?? '' });
    attach(pid);
    void exited.then(leave);
    await writeToFifo(paths.stdin, initializeLine(options));
  };
  const adopt = async ({ process }: Extract<ProcessCommand, { type: 'ATTACH' }>) => {
    if (process === null || attachment) return;
    const look = async () => {
      if (!(await isAlive(process))) await leave(unseen);
    };
    attach(process.pid);
    watch = setInterval(() => void look(), watchMs).unref();
    await look();
  };
  const signal = (name: NodeJS.Signals) => {
    if (attachment) signalGroup(attachment.pid, name);
  };

  return {
    async handle(command) {
      switch (command.type) {
        case 'START':
          return start(command);
        case 'ATTACH':
          return adopt(command);
        case 'SEND_PROMPT':
          return writeToFifo(paths.stdin, promptLine(command.prompt));
        case 'SEND_ANSWER':
          return writeToFifo(paths.stdin, answerLine(command.request, command.answer));
        case 'REFUSE_CONTROL':
          return writeToFifo(paths.stdin, refusalLine(command.cli_id, command.subtype));
        case 'INTERRUPT':
          return attachment && writeToFifo(paths.stdin, interruptLine(randomUUID()));
        case 'TERMINATE':
          return signal('SIGTERM');
        case 'KILL':
          return signal('SIGKILL');
        default:
          command satisfies never;
      }
    },
    complain(command, error) {
      if (command.type === 'START') sendBack(startFailure(error));
      // Nobody reads the FIFO any more: the exit is about to be seen, and says it all.
      else if (codeOf(error) !== 'ENXIO' && codeOf(error) !== 'EPIPE') {
        port.warn(`Worker ${worker_id}, ${command.type}: ${messageOf(error)}`);
      }
    },
    async dispose() {
      clearInterval(watch);
      await attachment?.detach();
    },
  };
}

function startFailure(error: unknown): WorkerFact {
  const hint = messageOf(error);
  if (!(error instanceof CommandNotFound)) {
    return { type: 'START_FAILED', reason: 'spawn_error', hint, returncode: null };
  }
  const advice =
    'Install it with `npm install -g @anthropic-ai/claude-code`, or name its path in AWM_CLAUDE.';
  return {
    type: 'START_FAILED',
    reason: 'claude_not_found',
    hint: `${hint}. ${advice}`,
    returncode: null,
  };
}

async function writePrivate(path: string, value: Record<string, unknown>): Promise<void> {
  await replaceFile(path, (file) => file.writeFile(JSON.stringify(value)));
}
