import { setTimeout as after } from 'node:timers/promises';
import { type Folders, workerPaths } from '../files/paths.ts';
import { readWorker } from '../journal/load-worker.ts';
import type { TranscriptMessage } from '../projection/contract.ts';
import { readTranscript } from '../projection/transcript.ts';
import type { TerminalIo } from './io.ts';
import { messageLines } from './message-lines.ts';
import { readStatus } from './overview.ts';

/** The number of earlier messages that are shown first. */
const lastMessages = 10;
const pollMs = 500;

/**
 * Shows the latest messages of a worker and each new message, until its turn ends, its process is
 * gone or the signal ends the command.
 */
export async function tail(
  folders: Folders,
  worker_id: string,
  { stdout, signal }: TerminalIo,
): Promise<void> {
  const write = (messages: readonly TranscriptMessage[]) => {
    for (const { message } of messages) {
      for (const line of messageLines(message)) stdout.write(`${line}\n`);
    }
  };
  const { stdout: path } = workerPaths(folders, worker_id);
  let next = 0;
  let isFirst = true;
  while (!signal.aborted) {
    // Read the status before the messages: then the last messages of a settled worker are there.
    const status = await finalStatus(folders, worker_id);
    const read = await readToEnd(path, next);
    write(isFirst ? read.messages.slice(-lastMessages) : read.messages);
    next = read.next;
    isFirst = false;
    if (status !== undefined) {
      stdout.write(`(${status})\n`);
      return;
    }
    await after(pollMs, undefined, { signal }).catch(() => {});
  }
}

/** Returns the status of a worker whose turn is over, or undefined while more messages may come. */
async function finalStatus(folders: Folders, worker_id: string): Promise<string | undefined> {
  const stored = await readWorker(folders, worker_id);
  if (!stored) return undefined;
  const { status } = await readStatus(folders, stored.restored);
  const isOver = ['completed', 'failed', 'interrupted?'].includes(status);
  return isOver ? status : undefined;
}

async function readToEnd(path: string, from: number) {
  const messages: TranscriptMessage[] = [];
  for (let next = from; ; ) {
    const part = await readTranscript(path, next);
    messages.push(...part.messages);
    next = part.next;
    if (part.is_end) return { messages, next };
  }
}
