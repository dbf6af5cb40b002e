import { type ErrorCode, ManagerError, messageOf } from '../errors.ts';
import type { Refusal } from './request-rules.ts';

/** The refusal of a request, with its HTTP status and a sentence. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const statusOf: Record<ErrorCode, number> = {
  invalid_input: 400,
  too_deep: 403,
  unknown_worker: 404,
  unknown_request: 409,
  wrong_state: 409,
  foreign_worker: 409,
  storage: 500,
  ending: 503,
};

/** Returns the refusal to send for anything that was thrown. */
export function refusalFrom(error: unknown): Refusal {
  if (error instanceof HttpError) return { status: error.status, error: error.message };
  const status = error instanceof ManagerError ? statusOf[error.code] : 500;
  return { status, error: messageOf(error) };
}
