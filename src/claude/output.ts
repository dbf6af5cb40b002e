import { open } from 'node:fs/promises';
import type { WorkerOutput } from '../../machines/worker.ts';
import { messageOf } from '../errors.ts';
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
  /** Where its stderr begins: the processes of a worker write into one file, one after another. */
  stderrOffset: number;
  /** True when it has written to stdout before `offset`, or may have. */
  hasSpoken: boolean;
  onOutput(output: WorkerOutput): void;
  /** Resolves once everything that was reported so far is in the journal. */
  recorded(worker_id: string): Promise<void>;
  warn(message: string): void;
}

/** Follows the output of a process of this or an earlier server. */
export function followOutput(input: OutputInput): Output {
  const { worker_id, pid, stderrOffset, onOutput, recorded, warn } = input;
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
    onError: (error) => warn(`Worker ${worker_id}: ${messageOf(error)}`),
  });

  const output = {
    pid,
    offset: input.offset,
    catchUp: lines.drain,
    detach() {
      isDetached = true;
      return lines.stop();
    },
    async conclude(exit: Exit) {
      await lines.drain();
      await lines.stop();
      return exitFailure(exit, await readEnds(stderr, stderrOffset), hasSpoken);
    },
  };
  return output;
}

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
