import { constants } from 'node:os';
import type { Failure } from '../../machines/worker.ts';
import { hintLength, noConversation, oneLine } from '../stream-json/result.ts';
import type { Exit } from './launch.ts';

/** Why a process that ended without a result ended, as far as anybody can tell. */
export function exitFailure(
  { code, signal }: Exit,
  stderr: string,
): Failure & { session_exists?: boolean } {
  const lastWords = oneLine(stderr.trim().slice(-hintLength));
  const said = lastWords === '' ? '' : `: ${lastWords}`;
  if (stderr.includes(noConversation)) {
    return { reason: 'session_lost', hint: lastWords, returncode: code };
  }
  if (code === null && signal === null) {
    const hint = `claude went away while nobody watched${said}`;
    return { reason: 'interrupted', hint, returncode: null };
  }
  if (signal !== null || code === 137 || code === 143) {
    const hint = `claude was ended by ${signal ?? (code === 137 ? 'SIGKILL' : 'SIGTERM')}${said}`;
    return { reason: 'killed', hint, returncode: code ?? signalCode(signal) };
  }
  const hint = `claude exited with code ${code} before its turn was over${said}`;
  const session_exists = stderr.includes(sessionInUse);
  return { reason: 'crashed', hint, returncode: code, ...(session_exists && { session_exists }) };
}

const sessionInUse = 'is already in use';

/** Returns the exit code that a shell gives for a signal: 128 and the number of the signal. */
function signalCode(signal: NodeJS.Signals | null): number | null {
  return signal === null ? null : 128 + constants.signals[signal];
}
