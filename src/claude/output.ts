import { open } from 'node:fs/promises';
import type { WorkerOutput } from '../../machines/worker.ts';
import { messageOf } from '../errors.ts';
import type { WorkerPaths } from '../files/paths.ts';
import { readFlags } from '../files/private-files.ts';
import { tail } from '../files/tail.ts';
import { foldMessages } from '../stream-json/fold-messages.ts';
import { exitFailure } from './exit.ts';
import type { Exit } from './launch.ts';

/** The output of a process, while it is followed. */
export interface Output {
  readonly pid: number;
  /** Where the unread part of its stdout begins, in bytes. */
  readonly offset: number;
  /** Resolves once all output that exists now is reported. */
  catchUp(): Promise<void>;
  /** Reads the output of an ended process to its end; returns why the process ended. */
  conclude(exit: Exit): Promise<ReturnType<typeof exitFailure>>;
  /** Stops following; the process is not touched. */
  detach(): Promise<void>;
}

export interface OutputInput {
  worker_id: string;
  paths: WorkerPaths;
  pid: number;
  offset: number;
  onOutput(output: WorkerOutput): void;
  /** Resolves once everything that was reported so far is in the journal. */
  recorded(worker_id: string): Promise<void>;
  warn(message: string): void;
}

/** Follows the output of a process of this or an earlier server. */
export function followOutput(input: OutputInput): Output {
  const { worker_id, paths, pid, onOutput, recorded, warn } = input;
  const messages = foldMessages(worker_id, onOutput);
  const lines = tail({
    path: paths.stdout,
    offset: input.offset,
    onLine(line) {
      output.offset = line.end;
      messages.push(line);
    },
    // A worker that floods its stdout is read no faster than its journal can be written.
    async afterChunk() {
      messages.flush();
      await recorded(worker_id).catch(() => {});
    },
    onError: (error) => warn(`Worker ${worker_id}: ${messageOf(error)}`),
  });

  const output = {
    pid,
    offset: input.offset,
    catchUp: lines.drain,
    detach: lines.stop,
    async conclude(exit: Exit) {
      await lines.drain();
      await lines.stop();
      return exitFailure(exit, await stderrTail(paths));
    },
  };
  return output;
}

const stderrBytes = 4096;

/** Reads the end of the process's stderr; returns '' when it cannot be read. */
async function stderrTail({ stderr }: WorkerPaths): Promise<string> {
  const file = await open(stderr, readFlags).catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(stderrBytes),
      position: Math.max(0, size - stderrBytes),
    });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
