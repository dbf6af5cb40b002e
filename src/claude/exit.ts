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

/** Shells give 128 and the signal's number; only those that end workers in practice are told. */
function signalCode(signal: NodeJS.Signals | null): number | null {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGABRT: 6,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGTERM: 15,
  };
  const number = signal === null ? undefined : numbers[signal];
  return number === undefined ? null : 128 + number;
}
