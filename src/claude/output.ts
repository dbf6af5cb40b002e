import { open } from 'node:fs/promises';
import type { FileInodes, WorkerOutput } from '../../machines/worker.ts';
import { messageOf } from '../errors.ts';
import { inodeOf, LostFile, type NamedFile, watchNames } from '../files/lost-file.ts';
import type { WorkerPaths } from '../files/paths.ts';
import { readFlags } from '../files/private-files.ts';
import { tail } from '../files/tail.ts';
import { foldMessages } from '../stream-json/fold-messages.ts';
import { emptyAnswer } from '../stream-json/result.ts';
import { failureAfter, readWork } from '../stream-json/turn-work.ts';
import { exitFailure } from './exit.ts';
import type { Exit } from './launch.ts';
import { readEnds } from './stderr.ts';

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
  /** The files that the process has open; undefined for a process that is not known. */
  inodes?: FileInodes | undefined;
  /** Where its stderr begins: the processes of a worker write into one file, one after another. */
  stderrOffset: number;
  /** True when it has written to stdout before `offset`, or may have. */
  hasSpoken: boolean;
  onOutput(output: WorkerOutput): void;
  /** Resolves once everything that was reported so far is in the journal. */
  recorded(worker_id: string): Promise<void>;
  /** Called when another program has emptied, replaced or removed its stdout or its FIFO. */
  onLost(error: unknown): void;
  warn(message: string): void;
}

/** Follows the output of a process of this or an earlier server. */
export function followOutput(input: OutputInput): Output {
  const { worker_id, pid, stderrOffset, onOutput, onLost, recorded, warn } = input;
  const { stdout, stderr } = input.paths;
  /** Facts that wait for an empty result to be judged, the result first. */
  let held: WorkerOutput[] = [];
  let isDetached = false;
  let hasSpoken = input.hasSpoken;
  const messages = foldMessages(worker_id, (fact) => {
    if (held.length > 0 || hasEmptyAnswer(fact)) held.push(fact);
    else onOutput(fact);
  });
  const release = async () => {
    const facts = held;
    for (const fact of facts) {
      const judged = hasEmptyAnswer(fact) ? await judgedByWork(fact, stdout) : fact;
      // What is not reported now is read again by the next owner.
      if (!isDetached) onOutput(judged);
    }
    held = [];
  };
  const lines = tail({
    path: stdout,
    offset: input.offset,
    onLine(line) {
      hasSpoken = true;
      output.offset = line.end;
      messages.push(line);
    },
    // A worker that floods its stdout is read no faster than its journal can be written.
    async afterChunk() {
      messages.flush();
      await release();
      await recorded(worker_id).catch(() => {});
    },
    onError(error) {
      if (error instanceof LostFile) onLost(error);
      else warn(`Worker ${worker_id}: ${messageOf(error)}`);
    },
  });
  /** What the process wrote before is read first: its file is still open here. */
  const onNameLost = (error: LostFile) => void lines.drain().then(() => onLost(error));
  const endWatch =
    pid === 0 ? () => {} : watchNames(filesOf(input.paths, input.inodes), onNameLost);

  const output = {
    pid,
    offset: input.offset,
    catchUp: () => lines.drain(),
    detach() {
      isDetached = true;
      endWatch();
      return lines.stop();
    },
    async conclude(exit: Exit) {
      endWatch();
      await lines.drain();
      await lines.stop();
      return exitFailure(exit, await readEnds(stderr, stderrOffset), hasSpoken);
    },
  };
  return output;
}

/** Returns the inodes of the files through which a process is followed. */
export async function inodesOf({ stdin, stdout }: WorkerPaths): Promise<FileInodes> {
  const [input, output] = await Promise.all([inodeOf(stdin), inodeOf(stdout)]);
  return { stdin: input, stdout: output };
}

const filesOf = ({ stdin, stdout }: WorkerPaths, inodes: FileInodes = {}): NamedFile[] => [
  { path: stdout, inode: inodes.stdout },
  { path: stdin, inode: inodes.stdin },
];

const hasEmptyAnswer = (fact: WorkerOutput): fact is JudgedFact =>
  fact.type === 'RESULT_SEEN' && fact.result.failure === emptyAnswer;

type JudgedFact = Extract<WorkerOutput, { type: 'RESULT_SEEN' }>;

/** Returns a result without a text with the failure, or none, that the work of its turn amounts to. */
async function judgedByWork(fact: JudgedFact, stdout: string): Promise<WorkerOutput> {
  const file = await open(stdout, readFlags).catch(() => undefined);
  if (!file || fact.offset === undefined) return fact;
  try {
    const failure = failureAfter(await readWork(file, fact.offset));
    return { ...fact, result: { ...fact.result, failure } };
  } catch {
    // The disk fails; the turn is then a failure, as its result line says.
    return fact;
  } finally {
    await file.close();
  }
}
