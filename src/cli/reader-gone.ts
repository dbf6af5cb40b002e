import { codeOf, messageOf } from '../errors.ts';

/** The errors of a write when the reader of a pipe has gone, or the terminal was closed. */
const readerErrors = new Set(['EPIPE', 'ECONNRESET', 'EIO']);

/**
 * Returns a signal that is aborted when stdout can no longer be written. A reader that has gone is no
 * failure; after any other error the process exits with code 2. An error of stderr ends nothing,
 * because nobody can be told about it.
 */
export function readerGone({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>) {
  const gone = new AbortController();
  stderr.on('error', () => {});
  stdout.on('error', (error: Error) => {
    // Each further write fails too.
    if (gone.signal.aborted) return;
    gone.abort(error);
    if (readerErrors.has(codeOf(error) ?? '')) return;
    stderr.write(`async-worker-manager: stdout cannot be written: ${messageOf(error)}\n`);
    process.once('exit', () => {
      process.exitCode = 2;
    });
  });
  return gone.signal;
}
