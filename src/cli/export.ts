import { messageOf } from '../errors.ts';
import { type ExportDeps, everyWorker, exportRun } from '../export/export.ts';
import { findIdByPrefix } from '../journal/load-worker.ts';
import { openRecorded } from '../projection/recorded.ts';
import { type FolderFlags, foldersOf } from './io.ts';

/** The arguments of the command. The id may be the beginning of one, or `all`. */
export interface ExportInput extends FolderFlags {
  id: string;
  format: string;
}

/** What the command needs from outside. */
export interface ExportIo extends ExportDeps {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
}

/**
 * Writes a worker's run to stdout. It reads the files of the logs folder and changes nothing.
 * @returns The exit code: 0, or 2 when the run cannot be read or the format is unknown.
 */
export async function runExport(input: ExportInput, io: ExportIo): Promise<number> {
  const warn = (message: string) => io.stderr.write(`${message}\n`);
  try {
    const source = await openRecorded(foldersOf(input, io.env), warn);
    const { workers } = await source.snapshot();
    const ids = workers.map(({ worker_id }) => worker_id);
    const id = input.id === everyWorker ? everyWorker : findIdByPrefix(ids, input.id);
    const { body } = await exportRun(io, source, id, input.format);
    io.stdout.write(body);
    return 0;
  } catch (error) {
    warn(messageOf(error));
    return 2;
  }
}
