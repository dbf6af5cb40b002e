import { setTimeout as after } from 'node:timers/promises';
import { workerPaths } from '../files/paths.ts';
import { readWorker } from '../journal/load-worker.ts';
import type { TranscriptMessage } from '../projection/contract.ts';
import { readTranscript } from '../projection/transcript.ts';
import type { TerminalIo } from './arguments.ts';
import { messageLines } from './message-lines.ts';
import { standingOf } from './overview.ts';

/** So many of the messages that are there already are shown. */
const lastMessages = 10;
const pollMs = 500;

/**
 * Shows a worker's latest messages, and those that come, until its turn is over, its process is gone
 * or the command is ended.
 */
export async function tail(
  logsDir: string,
  worker_id: string,
  { stdout }: TerminalIo,
  end: AbortSignal,
): Promise<void> {
  const write = (messages: readonly TranscriptMessage[]) => {
    for (const { message } of messages) {
      for (const line of messageLines(message)) stdout.write(`${line}\n`);
    }
  };
  const { stdout: path } = workerPaths(logsDir, worker_id);
  let next = 0;
  let isFirst = true;
  while (!end.aborted) {
    // Looked at before the messages are read, so that none of its last ones is left out.
    const over = await overBy(logsDir, worker_id);
    const read = await readOn(path, next);
    write(isFirst ? read.messages.slice(-lastMessages) : read.messages);
    next = read.next;
    isFirst = false;
    if (over !== undefined) {
      stdout.write(`(${over})\n`);
      return;
    }
    await after(pollMs, undefined, { signal: end }).catch(() => {});
  }
}

/** Why nothing more is about to come; undefined while something may. */
async function overBy(logsDir: string, worker_id: string): Promise<string | undefined> {
  const stored = await readWorker(logsDir, worker_id);
  if (!stored) return undefined;
  const { standing } = await standingOf(logsDir, stored.restored);
  const isOver = ['completed', 'failed', 'interrupted?'].includes(standing);
  return isOver ? standing : undefined;
}

async function readOn(path: string, from: number) {
  const messages: TranscriptMessage[] = [];
  for (let next = from; ; ) {
    const part = await readTranscript(path, next);
    messages.push(...part.messages);
    next = part.next;
    if (part.is_end) return { messages, next };
  }
}
