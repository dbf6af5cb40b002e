import { closest, distance } from 'fastest-levenshtein';

/** The kind of a wrong call, for programs. The message is for people. */
export type ErrorCode =
  | 'invalid_input'
  | 'unknown_worker'
  | 'unknown_request'
  | 'wrong_state'
  | 'foreign_worker'
  | 'too_deep'
  | 'ending'
  | 'storage';

/**
 * The error of a request that cannot be done. Its message is one sentence: what was expected, what was
 * found, what to do. The caller reads it unchanged.
 */
export class ManagerError extends Error {
  override readonly name = 'ManagerError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Returns the error of a call inside a worker. Without it, workers could start workers without end. */
export function tooDeep(): ManagerError {
  return new ManagerError(
    'too_deep',
    'This server runs inside a worker, and a worker cannot start or touch workers; do the work here, or report back what should be done.',
  );
}

/** Returns the error of a call to a server that is ending. It could not finish the work. */
export function serverEnds(): ManagerError {
  return new ManagerError(
    'ending',
    'This server is ending and takes nothing on any more; call again when a new one runs, nothing is lost.',
  );
}

/** Returns the error of a worker whose actor breaks and cannot continue. */
export function brokenWorker(worker_id: string): ManagerError {
  return new ManagerError(
    'storage',
    `Worker ${worker_id} broke down inside this server; its files stay, so start a new worker with spawn_worker, and report what the server wrote to stderr.`,
  );
}

/** Returns the error of an unknown worker id. */
export function unknownWorker(worker_id: string): ManagerError {
  return new ManagerError(
    'unknown_worker',
    `No worker ${worker_id} is known here; list_workers shows the ids there are.`,
  );
}

/** Returns the known name nearest to a mistyped name, or undefined when none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(name, known);
  return distance(name, candidate) <= Math.max(2, candidate.length / 3) ? candidate : undefined;
}

/** Returns the message of a thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns the system error code (`ENOENT`, `EACCES`, …) of a thrown value, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
