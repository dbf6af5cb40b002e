import { truncate } from 'node:fs/promises';
import { close, open, readFile, readText, write } from '../files/calls.ts';
import { appendFlags, readFlags, unlessMissing } from '../files/private-files.ts';

/** One event of one worker, as it stands in the journal: a line of JSON. */
export interface JournalRecord {
  v: 1;
  /** Counts from 1 within a worker, without gaps. */
  seq: number;
  /** Milliseconds since 1970. */
  t: number;
  worker: string;
  /** The version of the chart that wrote this record and the next ones; absent: 1, or as before. */
  chart?: number;
  event: { type: string } & Record<string, unknown>;
  /** Where the next unread byte of stdout stands, for events that came from there. */
  offset?: number;
  /** States before and after, such as `spawning.queued`; `from` is null for the first record. */
  from: string | null;
  to: string;
  /** Ids of the states that the taken transitions led to; absent when the state did not change. */
  edges?: string[];
  /** The machine had no transition for this event in this state. */
  dropped?: true;
}

/** An append-only file of records. */
export interface Journal {
  /** Queues a record. It is written with its neighbours in one go; nothing here waits. */
  append(record: JournalRecord): void;
  /**
   * Resolves once every record appended so far is in the file.
   * @throws the error of the write, now and for ever after: a journal with a hole is no journal.
   */
  flushed(): Promise<void>;
}

/**
 * Opens the journal at `path`, which is created with the first record. `onBroken` is told once when
 * a write fails.
 */
export function openJournal(path: string, onBroken: (error: unknown) => void): Journal {
  return new FileJournal(path, onBroken);
}

/** A class, as there is one for each worker and it is to be small. */
class FileJournal implements Journal {
  private readonly path: string;
  private readonly onBroken: (error: unknown) => void;
  private lines = '';
  private writing: Promise<void> | undefined;
  private broken: unknown;

  constructor(path: string, onBroken: (error: unknown) => void) {
    this.path = path;
    this.onBroken = onBroken;
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

  private async write(): Promise<void> {
    try {
      // What is decided in one go, as on several lines read at once, is written in one go.
      await undefined;
      while (this.lines !== '') {
        const batch = this.lines;
        this.lines = '';
        await append(this.path, Buffer.from(batch));
      }
    } catch (error) {
      this.broken ??= error;
      this.onBroken(error);
    } finally {
      this.writing = undefined;
    }
  }
}

async function append(path: string, bytes: Buffer): Promise<void> {
  const fd = await open(path, appendFlags, 0o600);
  try {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await write(fd, bytes, written);
      written += bytesWritten;
    }
  } finally {
    await close(fd);
  }
}

/** Cuts off a torn last line, so that the next record starts a line of its own. */
export async function mendJournal(path: string): Promise<void> {
  const bytes = await unlessMissing(readFile(path));
  if (bytes === undefined || bytes.at(-1) === newline || bytes.length === 0) return;
  await truncate(path, bytes.lastIndexOf(newline) + 1);
}

const newline = 0x0a;

/**
 * The records of a journal, oldest first. A torn last line is dropped.
 * @throws Error when a line in the middle is no record, is of an unknown version or has a wrong number.
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
 * A record from its line, which has the number `seq`; `where` says which line it is.
 * @throws Error when it is none, is of an unknown version or has another number.
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
    const version = JSON.stringify(value.v).slice(0, 20);
    throw new Error(
      `${where()} is a record of version ${version}, and this program reads version 1; use the one that wrote it.`,
    );
  }
  if (!('seq' in value) || value.seq !== seq) {
    const found = 'seq' in value ? JSON.stringify(value.seq)?.slice(0, 20) : 'none';
    throw new Error(
      `${where()} has the number ${found}, expected ${seq}: records are missing or doubled, so the state of the worker is not known; read its history file, or spawn a new worker.`,
    );
  }
  // Written by openJournal above; the version names the shape.
  return value as JournalRecord;
}
