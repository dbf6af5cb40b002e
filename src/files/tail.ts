import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { close, open, read } from './calls.ts';
import { type Line, type LineSplitter, splitLines } from './lines.ts';
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
export function tail(input: TailInput): Tail {
  return new FileTail(input);
}

/** A class, because each worker has a tail and an object takes less memory than closures. */
class FileTail implements Tail {
  offset: number;
  private readonly input: TailInput;
  private readonly splitter: LineSplitter;
  private readonly watcher: FSWatcher | undefined;
  private readonly endPoll: () => void;
  private position: number;
  /** The bytes before `position`; they are read again with the next part, to see whether they changed. */
  private known: string;
  private fd: number | undefined;
  private reading: Promise<void> | undefined;
  private chunkHandled: Promise<void> | undefined;
  private isReadRequested = false;
  private isStopped = false;
  private isLost = false;

  constructor(input: TailInput) {
    const { path, offset } = input;
    this.input = input;
    this.offset = offset;
    this.splitter = splitLines(offset);
    this.position = offset;
    this.known = offset > 0 ? '\n' : '';
    const requestRead = () => {
      if (!this.isStopped) void this.drain();
    };
    this.watcher = watchFile(path, requestRead) ?? watchFolder(path, requestRead);
    // The file system may lose an event.
    this.endPoll = poll(requestRead);
    requestRead();
  }

  drain(): Promise<void> {
    this.isReadRequested = true;
    this.reading ??= this.readWhileRequested();
    return this.reading;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.endPoll();
    this.watcher?.close();
    await this.reading;
    const { fd } = this;
    this.fd = undefined;
    if (fd !== undefined) await close(fd);
  }

  private async readWhileRequested(): Promise<void> {
    try {
      while (this.isReadRequested) {
        this.isReadRequested = false;
        await this.readToEnd();
      }
    } catch (error) {
      this.isLost = error instanceof LostFile;
      this.input.onError(error);
    } finally {
      this.reading = undefined;
    }
  }

  private async readToEnd(): Promise<void> {
    if (this.isStopped || this.isLost) return;
    this.fd ??= await unlessMissing(open(this.input.path, readFlags));
    if (this.fd === undefined) return;
    for (let isMore = true; isMore; ) {
      isMore = await chunkBuffers.use((buffer) => this.readChunk(buffer));
      await this.chunkHandled;
    }
  }

  /** Reads one chunk. Returns false at the end of the file; a later write is a new event. */
  private async readChunk(buffer: Buffer): Promise<boolean> {
    const { fd, known, input } = this;
    if (fd === undefined) return false;
    const { bytesRead: all } = await read(
      fd,
      buffer,
      0,
      buffer.length,
      this.position - known.length,
    );
    if (bytesIn(buffer, 0, Math.min(known.length, all)) !== known) throw emptied(input.path);
    const part = buffer.subarray(known.length, all);
    const bytesRead = part.length;
    this.position += bytesRead;
    if (bytesRead > 0) this.known = bytesIn(buffer, Math.max(0, all - knownBytes), all);
    for (const line of this.splitter.push(part)) {
      if (this.isStopped) return false;
      this.offset = line.end;
      this.give(line);
    }
    if (bytesRead > 0) this.chunkHandled = input.afterChunk?.();
    countBytesRead(bytesRead);
    return all === buffer.length;
  }

  /** A line that its reader cannot take costs no other line. */
  private give(line: Line): void {
    try {
      this.input.onLine(line);
    } catch (error) {
      this.input.onError(error);
    }
  }
}

/** How many bytes before the next part are compared; the last line ends with a random id. */
const knownBytes = 64;

/** Returns bytes as a string with a character for each: every worker has one, and it is smaller than a buffer. */
const bytesIn = (buffer: Buffer, start: number, end: number): string =>
  buffer.toString('latin1', start, end);

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
