import type { FileHandle } from 'node:fs/promises';
import { open, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { eachChunk } from '../files/each-chunk.ts';
import { splitLines } from '../files/lines.ts';
import { readFlags, unlessMissing } from '../files/private-files.ts';
import { textOf } from '../files/text.ts';
import { asObject, asText, type Json, parseObject } from '../stream-json/message.ts';

/** Returns the folder in which `claude` keeps its own files. */
export const claudeFolder = (env: NodeJS.ProcessEnv): string =>
  env.CLAUDE_CONFIG_DIR ?? join(env.HOME ?? homedir(), '.claude');

/**
 * Finds the file of a session, in whichever folder it is: `claude` moves it with a worktree.
 * @returns null when it is not there, and undefined when this `claude` keeps no sessions here.
 */
export async function findSession(
  env: NodeJS.ProcessEnv,
  session_id: string,
): Promise<string | null | undefined> {
  const projects = join(claudeFolder(env), 'projects');
  const names = await readdir(projects).catch(() => undefined);
  if (!names) return undefined;
  const candidates = names.map((name) => join(projects, name, `${session_id}.jsonl`));
  const found = await Promise.all(
    candidates.map(async (path) => {
      const stats = await stat(path).catch(() => undefined);
      return stats?.isFile() ? { path, changed: stats.mtimeMs } : undefined;
    }),
  );
  const files = found.filter((file) => file !== undefined);
  return files.sort((one, other) => other.changed - one.changed)[0]?.path ?? null;
}

/** Returns the folder in which a session began, as its first lines name it. */
export async function folderOf(session: string): Promise<string | undefined> {
  return inFile(session, async (file) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(firstPiece), 0, firstPiece, 0);
    const lines = textOf(buffer.subarray(0, bytesRead)).split('\n').map(parseObject);
    return asText(lines.find((line) => asText(line?.cwd) !== undefined)?.cwd);
  });
}

/**
 * True if the last message of a session did not come from this worker, so that a process from before
 * does not know it. Every message has the same id in the session file and in the output.
 * @param stdout The output of all processes of the worker.
 */
export async function isExtended(session: string, stdout: string): Promise<boolean> {
  const uuid = await inFile(session, lastMessage);
  if (uuid === undefined) return false;
  return !(await inFile(stdout, (file) => contains(file, uuid)));
}

async function inFile<Value>(
  path: string,
  read: (file: FileHandle) => Promise<Value>,
): Promise<Value | undefined> {
  const file = await unlessMissing(open(path, readFlags));
  return file && read(file).finally(() => file.close());
}

/** Returns the id of the last message of the conversation, which stands near the end of the file. */
async function lastMessage(file: FileHandle): Promise<string | undefined> {
  const { size } = await file.stat();
  for (let length = firstPiece; ; length *= 8) {
    const start = Math.max(0, size - length);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(size - start),
      0,
      size - start,
      start,
    );
    const lines = textOf(buffer.subarray(0, bytesRead)).split('\n');
    // The first line is cut, unless the piece is the whole file; then it is no JSON.
    const last = lines.map(parseObject).findLast((line) => line && isMessage(line));
    if (last || start === 0) return asText(last?.uuid);
  }
}

/** In bytes. */
const firstPiece = 256 * 1024;

/** Subagents have conversations of their own, and what `claude` adds by itself is known to it. */
function isMessage({ type, isSidechain, isMeta, isCompactSummary, message }: Json): boolean {
  if (isSidechain === true || isMeta === true || isCompactSummary === true) return false;
  const isCommand = /^<(local-)?command-/.test(asText(asObject(message)?.content) ?? '');
  return type === 'assistant' || (type === 'user' && !isCommand);
}

async function contains(file: FileHandle, uuid: string): Promise<boolean> {
  const splitter = splitLines(0);
  let found = false;
  const read = (chunk: Buffer) => {
    for (const { bytes } of splitter.push(chunk)) found ||= bytes?.includes(uuid) === true;
  };
  for await (const _ of eachChunk(file, read)) if (found) return true;
  return found;
}
