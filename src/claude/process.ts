import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { fromCallback } from 'xstate';
import type { ProcessCommand, WorkerFact, WorkerSpec } from '../../machines/worker.ts';
import { codeOf, messageOf } from '../errors.ts';
import type { EffectiveOptions } from '../options.ts';
import { replaceFile, unlessMissing } from '../store/files.ts';
import { type WorkerPaths, workerPaths } from '../store/paths.ts';
import { claudeArguments, claudeMcpConfig, claudeSettings } from './arguments.ts';
import { decodeLine } from './decode.ts';
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
import { exitFailure } from './result.ts';
import { type Tail, tail } from './tail.ts';

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

/** How often a process that this server did not start itself is looked at. */
const watchMs = 1_000;

/**
 * The actor that holds a worker's process: commands from the machine go in, facts come out.
 * It outlives any single process of its worker, and a process outlives it.
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

/** A started or attached process, for as long as it is there. */
interface Attached {
  pid: number;
  tail: Tail;
  watch: NodeJS.Timeout | undefined;
}

function createSession(
  port: ProcessPort,
  spec: WorkerSpec,
  sendBack: (fact: WorkerFact) => void,
): Session {
  const paths = workerPaths(port.logsDir, spec.worker_id);
  // Validated when the worker was spawned; the journal keeps them as they were.
  const options = spec.options as EffectiveOptions;
  let attached: Attached | undefined;
  let offset = port.offsetOf(spec.worker_id);
  let disposed = false;

  const follow = () =>
    tail({
      path: paths.stdout,
      offset,
      onLine(line) {
        offset = line.end;
        const fact = disposed ? undefined : decodeLine(line, spec.worker_id);
        if (fact) sendBack(fact);
      },
      onError: (error) => port.warn(`Worker ${spec.worker_id}: ${messageOf(error)}`),
    });

  /** Reads to the end of the output before saying that the process has gone: nothing is cut off. */
  const leave = async (exit: Exit) => {
    const current = attached;
    if (!current) return;
    attached = undefined;
    clearInterval(current.watch);
    await current.tail.drain();
    await current.tail.stop();
    signalGroup(current.pid, 'SIGKILL');
    if (!disposed) sendBack({ type: 'EXITED', ...exitFailure(exit, await stderrTail(paths)) });
  };

  const start = async ({ resume, remembered }: Extract<ProcessCommand, { type: 'START' }>) => {
    await writePrivate(paths.settings, claudeSettings(remembered));
    await writePrivate(paths.mcpConfig, claudeMcpConfig(options));
    const launched = await port.launch({
      command: port.command,
      args: claudeArguments({ spec, options, paths, resume, remembered }),
      env: workerEnvironment({ parent: port.env, worker_id: spec.worker_id, options, ...port }),
      cwd: spec.cwd,
      paths,
    });
    const { pid } = launched;
    sendBack({ type: 'PROCESS_STARTED', pid, start_time: (await startTimeOf(pid)) ?? '' });
    attached = { pid, tail: follow(), watch: undefined };
    void launched.exited.then(leave);
    await writeToFifo(paths.stdin, initializeLine(options));
  };

  const attach = async ({ process }: Extract<ProcessCommand, { type: 'ATTACH' }>) => {
    if (process === null || attached) return;
    const look = async () => {
      if (!(await isAlive(process))) await leave({ code: null, signal: null });
    };
    const watch = setInterval(() => void look(), watchMs).unref();
    attached = { pid: process.pid, tail: follow(), watch };
    await look();
  };

  const signal = (name: NodeJS.Signals) => {
    if (attached) signalGroup(attached.pid, name);
  };

  return {
    async handle(command) {
      switch (command.type) {
        case 'START':
          return start(command);
        case 'ATTACH':
          return attach(command);
        case 'SEND_PROMPT':
          return writeToFifo(paths.stdin, promptLine(command.prompt));
        case 'SEND_ANSWER':
          return writeToFifo(paths.stdin, answerLine(command.request, command.answer));
        case 'REFUSE_CONTROL':
          return writeToFifo(paths.stdin, refusalLine(command.cli_id, command.subtype));
        case 'INTERRUPT':
          return attached && writeToFifo(paths.stdin, interruptLine(randomUUID()));
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
        port.warn(`Worker ${spec.worker_id}, ${command.type}: ${messageOf(error)}`);
      }
    },
    async dispose() {
      disposed = true;
      clearInterval(attached?.watch);
      await attached?.tail.stop();
    },
  };
}

function startFailure(error: unknown): WorkerFact {
  if (!(error instanceof CommandNotFound)) {
    return {
      type: 'START_FAILED',
      reason: 'spawn_error',
      hint: messageOf(error),
      returncode: null,
    };
  }
  const hint = `${error.message}. Install it with \`npm install -g @anthropic-ai/claude-code\`, or name its path in AWM_CLAUDE.`;
  return { type: 'START_FAILED', reason: 'claude_not_found', hint, returncode: null };
}

async function writePrivate(path: string, value: Record<string, unknown>): Promise<void> {
  await replaceFile(path, (file) => file.writeFile(JSON.stringify(value)));
}

/** The last 4 KiB of what the process said on stderr. */
async function stderrTail({ stderr }: WorkerPaths): Promise<string> {
  const file = await unlessMissing(open(stderr));
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(4096),
      position: Math.max(0, size - 4096),
    });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
