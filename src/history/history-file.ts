import { type FileHandle, open } from 'node:fs/promises';
import * as z from 'zod';
import { reasons } from '../../machines/worker.ts';
import { argument } from '../config/options.ts';
import { codeOf, messageOf } from '../errors.ts';
import { readFlags } from '../files/private-files.ts';
import { type Json, parseObject } from '../stream-json/message.ts';
import { beginningOf } from '../text/cut.ts';

/** What a history file says of its worker, apart from the messages. Anybody may have written it. */
const headSchema = z.object({
  worker_id: z.uuid(),
  description: z.string(),
  agent_type: argument.nullable(),
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
  turns: z.array(z.looseObject({ prompt: z.string().nullable() })).min(1),
});

export type HistoryHead = z.infer<typeof headSchema>;

/** A history file without its messages. */
export interface HistoryFile {
  head: HistoryHead;
  /**
   * The offsets of the first byte of the messages, and of the byte behind them. Their texts, where another
   * program has formatted the file in another way.
   */
  messages: { begin: number; end: number } | string[];
}

/** The text between the head and the messages: only here does a line have this indent and this key. */
const messagesKey = '\n  "messages": [';

/** The ends of a file with messages and of a file without. */
const endings = ['\n  ]\n}\n', ']\n}\n'];

/** A head, or a file that is read whole, is longer than this only if somebody else wrote it. In bytes. */
const mostHead = 64 * 1024 ** 2;

/**
 * Reads the history file of a worker, but not its messages; returns undefined when there is none.
 * @throws Error when the file is not complete, or not the history file of this worker.
 */
export async function readHistoryFile(
  path: string,
  worker_id: string,
): Promise<HistoryFile | undefined> {
  const file = await open(path, readFlags).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw notHistory(path, messageOf(error));
  });
  if (!file) return undefined;
  try {
    const found = await parse(file, path);
    // The name of the file says which worker is meant: a copy under another name is no worker.
    if (found.head.worker_id === worker_id) return found;
    throw notHistory(path, `it is the file of worker ${found.head.worker_id}`);
  } finally {
    await file.close();
  }
}

async function parse(file: FileHandle, path: string): Promise<HistoryFile> {
  const stats = await file.stat();
  if (!stats.isFile()) throw notHistory(path, 'it is no file');
  const found =
    (await parseAsWritten(file, stats.size)) ?? (await parseFormatted(file, stats.size));
  if (!found) throw notHistory(path, 'it is not complete');
  const head = headSchema.safeParse(found.head);
  if (head.success) return { head: head.data, messages: found.messages };
  const [issue] = head.error.issues;
  throw notHistory(path, `${issue?.path.join('.') || 'its head'}: ${issue?.message}`);
}

/** A history file whose head is not checked yet. */
interface Parsed extends Pick<HistoryFile, 'messages'> {
  head: Json;
}

/** Reads the head of a file that has the format of `writeHistory`; only this much of it is read. */
async function parseAsWritten(file: FileHandle, size: number): Promise<Parsed | undefined> {
  const text = await textUpToMessages(file, size);
  const tail = await read(file, Math.max(0, size - (endings[0]?.length ?? 0)), size);
  const ending = endings.find((one) => tail.toString('latin1').endsWith(one));
  if (text === undefined || ending === undefined) return undefined;
  const head = parseObject(`${text.toString('utf8').replace(/,$/, '')}\n}`);
  const begin = text.length + messagesKey.length;
  return head && { head, messages: { begin, end: size - ending.length } };
}

/** Reads a whole file, which an editor or a formatter may have written. */
async function parseFormatted(file: FileHandle, size: number): Promise<Parsed | undefined> {
  if (size > mostHead) return undefined;
  const text = (await read(file, 0, size)).toString('utf8').replace(/^\uFEFF/, '');
  const { messages, ...head } = parseObject(text) ?? {};
  if (!Array.isArray(messages)) return undefined;
  return { head, messages: messages.map((message) => JSON.stringify(message)) };
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

/** Yields the texts of the messages of a history file, in pieces. */
export async function* messagesOf(path: string, { messages }: HistoryFile): AsyncGenerator<string> {
  if (Array.isArray(messages)) {
    if (messages.length > 0) yield messages.map((text) => `\n    ${text}`).join(',');
    return;
  }
  const { begin, end } = messages;
  if (end <= begin) return;
  const file = await open(path, readFlags);
  const stream = file.createReadStream({ start: begin, end: end - 1, encoding: 'utf8' });
  for await (const piece of stream) yield String(piece);
}
