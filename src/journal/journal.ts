import { constants } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { close, fstat, open, readFile, readText, stat, write } from '../files/calls.ts';
import { appendedTo, emptied, removed } from '../files/lost-file.ts';
import { appendFlags, readFlags, unlessMissing } from '../files/private-files.ts';
import { beginningOf } from '../text/cut.ts';

/** One event of one worker. In the journal it is one line of JSON. */
export interface JournalRecord {
  v: 1;
  /** The number of the record in the journal of its worker: 1, 2, 3 … without gaps. */
  seq: number;
  /** Milliseconds since 1970. */
  t: number;
  worker: string;
  /**
   * The version of the chart that wrote this record and the next records. Absent: the version of the
   * record before, or 1 when no record has a version.
   */
  chart?: number;
  event: { type: string } & Record<string, unknown>;
  /** For an event from stdout: the offset of the next unread byte of stdout. */
  offset?: number;
  /** The state before the event, such as `spawning.queued`; null in the first record. */
  from: string | null;
  /** The state after the event. */
  to: string;
  /** The ids of the target states of the taken transitions; absent when no transition was taken. */
  edges?: string[];
  /** True when the machine has no transition for this event in this state. */
  dropped?: true;
}

/** An append-only file of records. */
export interface Journal {
  /** True once a write has failed, or another program has changed the file. */
  readonly isBroken: boolean;
  /** Queues a record and returns at once. All queued records are written together. */
  append(record: JournalRecord): void;
  /**
   * Resolves when every record appended so far is in the file.
   * @throws the error of the first failed write, in every later call too: a journal with a gap is
   * never continued.
   */
  flushed(): Promise<void>;
  /** Calls `onBroken` when another program has emptied, written or removed the file. */
  check(): Promise<void>;
}

/**
 * Opens the journal at `path`. The first record creates the file. Calls `onBroken` once, when a write
 * fails.
 */
export function openJournal(path: string, onBroken: (error: unknown) => void): Journal {
  return new FileJournal(path, onBroken);
}

/** A class, because each worker has a journal and an object takes less memory than closures. */
class FileJournal implements Journal {
  private readonly path: string;
  private readonly onBroken: (error: unknown) => void;
  private lines = '';
  private writing: Promise<void> | undefined;
  private broken: unknown;
  /** The size of the file after the last write; undefined before the first. */
  private size: number | undefined;

  constructor(path: string, onBroken: (error: unknown) => void) {
    this.path = path;
    this.onBroken = onBroken;
  }

  get isBroken(): boolean {
    return this.broken !== undefined;
  }

  append(record: JournalRecord): void {
    if (this.broken) return;
    this.lines += `${JSON.stringify(record)}\n`;
    this.writing ??= this.write();
  }

  async flushed(): Promise<void> {
    while (this.writing) await this.writing;
    if (this.broken) throw this.broken;
  }

  async check(): Promise<void> {
    const expected = this.size;
    if (expected === undefined || this.writing || this.broken) return;
    const found = (await unlessMissing(stat(this.path)))?.size;
    // A write since then has changed the size.
    if (found !== expected && !this.writing && this.size === expected) {
      this.breakBecause(changeOf(this.path, found, expected));
    }
  }

  private breakBecause(error: unknown): void {
    if (this.broken) return;
    this.broken = error;
    this.onBroken(error);
  }

  private async write(): Promise<void> {
    try {
      // Wait for the end of the current task, so that all records of the task are one write.
      await undefined;
      while (this.lines !== '') {
        const batch = this.lines;
        this.lines = '';
        this.size = await append(this.path, Buffer.from(batch), this.size);
      }
    } catch (error) {
      this.breakBecause(error);
    } finally {
      this.writing = undefined;
    }
  }
}

/**
 * Appends bytes to a file and returns its new size.
 * @param expected The size that it must have; undefined when it is not known.
 */
async function append(path: string, bytes: Buffer, expected: number | undefined): Promise<number> {
  const fd = await openToAppend(path, expected !== undefined);
  try {
    const { size } = await fstat(fd);
    if (expected !== undefined && size !== expected) throw changeOf(path, size, expected);
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await write(fd, bytes, written);
      written += bytesWritten;
    }
    return size + bytes.length;
  } finally {
    await close(fd);
  }
}

/** Opens a file for appending. A file that is there already is not made again: it would have a gap. */
async function openToAppend(path: string, isThere: boolean): Promise<number> {
  if (!isThere) return open(path, appendFlags, 0o600);
  const fd = await unlessMissing(open(path, appendFlags & ~constants.O_CREAT));
  if (fd === undefined) throw removed(path);
  return fd;
}

/** Returns the error of a file with another size than expected. */
function changeOf(path: string, found: number | undefined, expected: number): Error {
  if (found === undefined) return removed(path);
  return found < expected ? emptied(path) : appendedTo(path);
}

/** Removes a torn last line, so that the next record begins on a new line. */
export async function removeTornLine(path: string): Promise<void> {
  const bytes = await unlessMissing(readFile(path));
  if (bytes === undefined || bytes.at(-1) === newline || bytes.length === 0) return;
  await truncate(path, bytes.lastIndexOf(newline) + 1);
}

const newline = 0x0a;

/**
 * Reads all records of a journal, oldest first. A torn last line is dropped.
 * @throws Error when another line is no record, or has an unknown version or a wrong number.
 */
export async function readJournal(path: string): Promise<JournalRecord[]> {
  const text = await unlessMissing(readText(path, readFlags));
  if (text === undefined) return [];
  const lines = text.split('\n');
  lines.pop();
  return lines.map((line, index) =>
    parseRecord(line, index + 1, () => `Line ${index + 1} of ${path}`),
  );
}

/**
 * Parses a line as the record with the number `seq`. `where` names the line in an error.
 * @throws Error when the line is no record, or has an unknown version or another number.
 */
export function parseRecord(line: string, seq: number, where: () => string): JournalRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`${where()} is not JSON.`);
  }
  if (typeof value !== 'object' || value === null || !('v' in value)) {
    throw new Error(`${where()} is no journal record.`);
  }
  if (value.v !== 1) {
    const version = beginningOf(JSON.stringify(value.v), 20);
    throw new Error(
      `${where()} is a record of version ${version}, and this program reads version 1; use the one that wrote it.`,
    );
  }
  if (!('seq' in value) || value.seq !== seq) {
    const found = 'seq' in value ? beginningOf(JSON.stringify(value.seq) ?? 'none', 20) : 'none';
    throw new Error(
      `${where()} has the number ${found}, expected ${seq}: records are missing or doubled, so the state of the worker is not known; read its history file, or spawn a new worker.`,
    );
  }
  // Version 1 is the shape that openJournal writes.
  return value as JournalRecord;
}
