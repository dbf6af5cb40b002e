import { closest, distance } from 'fastest-levenshtein';

/** What a wrong call is told apart by; the message is for people. */
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
 * A request that cannot be carried out, in one sentence: what was expected, what was found, what to do.
 * The message reaches the caller as it is.
 */
export class ManagerError extends Error {
  override readonly name = 'ManagerError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A worker that could start or touch other workers would be the root of a tree of them. */
export function tooDeep(): ManagerError {
  return new ManagerError(
    'too_deep',
    'This server runs inside a worker, and a worker cannot start or touch workers; do the work here, or report back what should be done.',
  );
}

/** A server that has begun to end would not see to what it is told now. */
export function serverEnds(): ManagerError {
  return new ManagerError(
    'ending',
    'This server is ending and takes nothing on any more; call again when a new one runs, nothing is lost.',
  );
}

/** There is no worker with this id. */
export function unknownWorker(worker_id: string): ManagerError {
  return new ManagerError(
    'unknown_worker',
    `No worker ${worker_id} is known here; list_workers shows the ids there are.`,
  );
}

/** The known name nearest to a mistyped one, or undefined when none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(name, known);
  return distance(name, candidate) <= Math.max(2, candidate.length / 3) ? candidate : undefined;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system error code (`ENOENT`, `EACCES`, …) of a thrown value, if it has one. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
