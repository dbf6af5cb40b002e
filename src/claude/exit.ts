import { constants } from 'node:os';
import type { Failure } from '../../machines/worker.ts';
import { hintLength, noConversation, oneLine } from '../stream-json/result.ts';
import { endOf } from '../text/cut.ts';
import type { Exit } from './launch.ts';

/** Returns why a process ended without a result, as far as its exit and its stderr show. */
export function exitFailure(
  { code, signal }: Exit,
  stderr: string,
): Failure & { session_exists?: boolean } {
  const lastLines = oneLine(endOf(stderr.trim(), hintLength));
  const suffix = lastLines === '' ? '' : `: ${lastLines}`;
  if (stderr.includes(noConversation)) {
    return { reason: 'session_lost', hint: lastLines, returncode: code };
  }
  if (code === null && signal === null) {
    const hint = `claude ended while nobody watched it${suffix}`;
    return { reason: 'interrupted', hint, returncode: null };
  }
  if (signal !== null || code === 137 || code === 143) {
    const hint = `claude was ended by ${signal ?? (code === 137 ? 'SIGKILL' : 'SIGTERM')}${suffix}`;
    return { reason: 'killed', hint, returncode: code ?? signalCode(signal) };
  }
  const hint = `claude exited with code ${code} before its turn was over${suffix}`;
  const session_exists = stderr.includes(sessionInUse);
  return { reason: 'crashed', hint, returncode: code, ...(session_exists && { session_exists }) };
}

const sessionInUse = 'is already in use';

/** Returns the exit code that a shell gives for a signal: 128 and the number of the signal. */
function signalCode(signal: NodeJS.Signals | null): number | null {
  return signal === null ? null : 128 + constants.signals[signal];
}
