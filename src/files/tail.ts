import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { close, open, read } from './calls.ts';
import { type Line, splitLines } from './lines.ts';
import { emptied, LostFile } from './lost-file.ts';
import { readFlags, unlessMissing } from './private-files.ts';
import { chunkBuffers, countBytesRead, poll } from './shared.ts';

/** Follows a file that another process appends to. */
export interface Tail {
  /** The offset after the last whole line that `onLine` got. */
  readonly offset: number;
  /** Reads the file to its current end. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface TailInput {
  path: string;
  offset: number;
  /** The line's bytes are valid until `afterChunk` has been called. */
  onLine(line: Line): void;
  /** Called after each part of the file; the next part is read once the promise resolves. */
  afterChunk?(): Promise<void>;
  /** A LostFile ends the reading: another program emptied the file or wrote it anew. */
  onError(error: unknown): void;
}

/** Calls `onLine` with each whole line of a file from `offset` on, as it is written. */
export function tail({ path, offset, onLine, afterChunk, onError }: TailInput): Tail {
  const splitter = splitLines(offset);
  let position = offset;
  /** The bytes before `position`; they are read again with the next part, to see whether they changed. */
  let known: Buffer = offset > 0 ? newline : noBytes;
  let memory: Buffer | undefined;
  let fd: number | undefined;
  let reading: Promise<void> | undefined;
  let chunkHandled: Promise<void> | undefined;
  let isReadRequested = false;
  let stopped = false;
  let isLost = false;

  const readToEnd = async () => {
    if (stopped || isLost) return;
    fd ??= await unlessMissing(open(path, readFlags));
    if (fd === undefined) return;
    for (let isMore = true; isMore; ) {
      isMore = await chunkBuffers.use(readChunk);
      await chunkHandled;
    }
  };
  /** Reads one chunk. Returns false at the end of the file; a later write is a new event. */
  const readChunk = async (buffer: Buffer): Promise<boolean> => {
    if (fd === undefined) return false;
    const { bytesRead: all } = await read(fd, buffer, 0, buffer.length, position - known.length);
    if (all < known.length || !known.equals(buffer.subarray(0, known.length))) throw emptied(path);
    const part = buffer.subarray(known.length, all);
    const bytesRead = part.length;
    position += bytesRead;
    if (bytesRead > 0) {
      memory ??= Buffer.allocUnsafeSlow(knownBytes);
      const length = buffer.copy(memory, 0, Math.max(0, all - knownBytes), all);
      known = memory.subarray(0, length);
    }
    for (const line of splitter.push(part)) {
      if (stopped) return false;
      follower.offset = line.end;
      give(line);
    }
    if (bytesRead > 0) chunkHandled = afterChunk?.();
    countBytesRead(bytesRead);
    return all === buffer.length;
  };
  /** A line that its reader cannot take costs no other line. */
  const give = (line: Line) => {
    try {
      onLine(line);
    } catch (error) {
      onError(error);
    }
  };
  const readWhileRequested = async () => {
    try {
      while (isReadRequested) {
        isReadRequested = false;
        await readToEnd();
      }
    } catch (error) {
      isLost = error instanceof LostFile;
      onError(error);
    } finally {
      reading = undefined;
    }
  };
  const requestRead = () => {
    if (!stopped) void follower.drain();
  };
  const follower = {
    offset,
    drain() {
      isReadRequested = true;
      reading ??= readWhileRequested();
      return reading;
    },
    async stop() {
      stopped = true;
      endPoll();
      watcher?.close();
      await reading;
      const openFd = fd;
      fd = undefined;
      if (openFd !== undefined) await close(openFd);
    },
  };

  const watcher = watchFile(path, requestRead) ?? watchFolder(path, requestRead);
  // The file system may lose an event.
  const endPoll = poll(requestRead);
  requestRead();
  return follower;
}

/** How many bytes before the next part are compared; the last line ends with a random id. */
const knownBytes = 64;
const newline = Buffer.from('\n');
const noBytes = Buffer.alloc(0);

/** Watches the file alone: a write to another file of its folder, such as the journal, is no event. */
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
