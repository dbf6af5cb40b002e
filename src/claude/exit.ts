import { constants } from 'node:os';
import type { Failure } from '../../machines/worker.ts';
import { hintOf } from '../stream-json/hint.ts';
import { noConversation } from '../stream-json/result.ts';
import type { Exit } from './launch.ts';

/**
 * Returns why a process ended without a result, as far as its exit and its stderr show.
 * @param hasSpoken False when it wrote nothing to stdout, so that it never was at work.
 */
export function exitFailure(
  { code, signal }: Exit,
  stderr: string,
  hasSpoken: boolean,
): Failure & { session_exists?: boolean } {
  const words = hintOf(stderr);
  const suffix = words === '' ? '' : `: ${words}`;
  if (stderr.includes(noConversation)) {
    return { reason: 'session_lost', hint: words, returncode: code };
  }
  if (code === null && signal === null) {
    const hint = `claude ended while nobody watched it${suffix}`;
    return { reason: 'interrupted', hint, returncode: null };
  }
  if (signal !== null || code === 137 || code === 143) {
    const hint = `claude was ended by ${signal ?? (code === 137 ? 'SIGKILL' : 'SIGTERM')}${suffix}`;
    return { reason: 'killed', hint, returncode: code ?? signalCode(signal) };
  }
  const session_exists = stderr.includes(sessionInUse);
  const told = { returncode: code, ...(session_exists && { session_exists }) };
  return hasSpoken
    ? {
        reason: 'crashed',
        hint: `claude exited with code ${code} before its turn was over${suffix}`,
        ...told,
      }
    : {
        reason: 'spawn_error',
        hint: `claude exited with code ${code} before it was ready${suffix}`,
        ...told,
      };
}

const sessionInUse = 'is already in use';

/** Returns the exit code that a shell gives for a signal: 128 and the number of the signal. */
function signalCode(signal: NodeJS.Signals | null): number | null {
  return signal === null ? null : 128 + constants.signals[signal];
}
