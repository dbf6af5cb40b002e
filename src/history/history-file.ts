import { type FileHandle, open } from 'node:fs/promises';
import * as z from 'zod';
import { reasons } from '../../machines/worker.ts';
import { readFlags, unlessMissing } from '../files/private-files.ts';
import { beginningOf } from '../text/cut.ts';

/** What a history file says of its worker, apart from the messages. Anybody may have written it. */
const headSchema = z.object({
  worker_id: z.uuid(),
  description: z.string(),
  agent_type: z.string().nullable(),
  status: z.enum(['completed', 'failed']),
  // A later version may know more reasons.
  reason: z.enum(reasons).catch('interrupted').optional(),
  error_hint: z.string().optional(),
  session_id: z.uuid(),
  model: z.string().nullable(),
  total_cost_usd: z.number(),
  num_turns: z.number(),
  duration_ms: z.number(),
  usage: z.record(z.string(), z.number()),
  options: z.record(z.string(), z.unknown()),
  cwd: z.string(),
  /** The host and the folder of the worker's other files; absent in files of version 0.1. */
  host: z.string().optional(),
  state_dir: z.string().optional(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  turns: z.array(z.looseObject({ prompt: z.string() })).min(1),
});

export type HistoryHead = z.infer<typeof headSchema>;

/** A history file that was read up to its messages. */
export interface HistoryFile {
  head: HistoryHead;
  /** The offsets of the first byte of the messages, and of the byte behind them. */
  messages: { begin: number; end: number };
}

/** The text between the head and the messages: only here does a line have this indent and this key. */
const messagesKey = '\n  "messages": [';

/** The ends of a file with messages and of a file without. */
const endings = ['\n  ]\n}\n', ']\n}\n'];

/** A head is longer than this only if somebody else wrote it. In bytes. */
const mostHead = 64 * 1024 ** 2;

/**
 * Reads a history file, but not its messages; returns undefined when there is none.
 * @throws Error when the file is not complete, or not a history file.
 */
export async function readHistoryFile(path: string): Promise<HistoryFile | undefined> {
  const file = await unlessMissing(open(path, readFlags));
  if (!file) return undefined;
  try {
    return await parse(file, path);
  } finally {
    await file.close();
  }
}

async function parse(file: FileHandle, path: string): Promise<HistoryFile> {
  const { size } = await file.stat();
  const text = await textUpToMessages(file, size);
  const tail = await read(file, Math.max(0, size - (endings[0]?.length ?? 0)), size);
  const ending = endings.find((one) => tail.toString('latin1').endsWith(one));
  if (text === undefined || ending === undefined) throw notHistory(path, 'it is not complete');
  const begin = text.length + messagesKey.length;
  const head = headSchema.safeParse(parseJson(`${text.toString('utf8').replace(/,$/, '')}\n}`));
  if (head.success) return { head: head.data, messages: { begin, end: size - ending.length } };
  const [issue] = head.error.issues;
  throw notHistory(path, `${issue?.path.join('.') || 'its head'}: ${issue?.message}`);
}

const notHistory = (path: string, why: string) =>
  new Error(`${path} is not the history file of a worker: ${beginningOf(why, 200)}`);

/** Returns the bytes before the messages, or undefined when there are no messages. */
async function textUpToMessages(file: FileHandle, size: number): Promise<Buffer | undefined> {
  for (let length = 64 * 1024; ; length *= 4) {
    const bytes = await read(file, 0, Math.min(length, size));
    const at = bytes.indexOf(messagesKey);
    if (at >= 0) return bytes.subarray(0, at);
    if (length >= size || length > mostHead) return undefined;
  }
}

async function read(file: FileHandle, begin: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - begin);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, begin);
  return buffer.subarray(0, bytesRead);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Yields the texts of the messages of a history file, in pieces. */
export async function* messagesOf(
  path: string,
  { messages: { begin, end } }: HistoryFile,
): AsyncGenerator<string> {
  if (end <= begin) return;
  const file = await open(path, readFlags);
  const stream = file.createReadStream({ start: begin, end: end - 1, encoding: 'utf8' });
  for await (const piece of stream) yield String(piece);
}
