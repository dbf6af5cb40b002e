import { constants, type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { unlessMissing } from '../store/files.ts';
import { noteRead } from './garbage.ts';
import { withLentBuffer } from './lent.ts';
import { type Line, splitLines } from './lines.ts';

/** Follows a file that another process appends to. */
export interface Tail {
  /** The offset after the last whole line that was handed out. */
  readonly offset: number;
  /** Reads what is there now, to the end of the file. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface TailInput {
  path: string;
  offset: number;
  /** The line's bytes are valid during the call. */
  onLine(line: Line): void;
  /** Called after each piece of the file; the next is read only when this has resolved. */
  afterChunk?(): Promise<void>;
  onError(error: unknown): void;
}

/** How often the file is looked at without being told: a net under lost file system events. */
const safetyPollMs = 2_000;

/** Hands out the whole lines of a file from `offset` on, as they come. */
export function tail({ path, offset: from, onLine, afterChunk, onError }: TailInput): Tail {
  const splitter = splitLines(from);
  let position = from;
  let offset = from;
  let file: FileHandle | undefined;
  let reading: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const readToEnd = async () => {
    file ??= await unlessMissing(open(path, constants.O_RDONLY | constants.O_NOFOLLOW));
    const from = file;
    if (!from) return;
    for (let isMore = true; isMore; ) {
      const before = position;
      isMore = await withLentBuffer((buffer) => readChunk(from, buffer));
      if (position > before && !stopped) await afterChunk?.();
    }
  };
  /** Whether there may be more: what is written behind a read that met the end is told anew. */
  const readChunk = async (from: FileHandle, buffer: Buffer): Promise<boolean> => {
    const { bytesRead } = await from.read(buffer, 0, buffer.length, position);
    position += bytesRead;
    for (const line of splitter.push(buffer.subarray(0, bytesRead))) {
      if (stopped) return false;
      offset = line.end;
      onLine(line);
    }
    noteRead(bytesRead);
    return bytesRead === buffer.length;
  };
  const readWhileAsked = async () => {
    while (again) {
      again = false;
      await readToEnd();
    }
  };
  const drain = () => {
    again = true;
    reading ??= readWhileAsked()
      .catch(onError)
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  const nudge = () => {
    if (!stopped) void drain();
  };

  const watcher = watchFile(path, nudge) ?? watchFolder(path, nudge);
  const poll = setInterval(nudge, safetyPollMs).unref();
  nudge();

  return {
    get offset() {
      return offset;
    },
    drain,
    async stop() {
      stopped = true;
      clearInterval(poll);
      watcher?.close();
      await reading;
      await file?.close();
      file = undefined;
    },
  };
}

/** Watches the file alone: what else is written in its folder, such as the journal, wakes nobody. */
function watchFile(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, onChange);
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}

/** Watches the folder of a file that does not exist yet; without a watcher the poll remains. */
function watchFolder(path: string, onChange: () => void): FSWatcher | undefined {
  const name = basename(path);
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_, changed) => {
      if (changed === null || changed === name) onChange();
    });
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}
