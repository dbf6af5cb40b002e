import type { Step } from './script.ts';

/** An HTTP error as a step describes it. */
export type StepError = NonNullable<Step['error']>;

/** The body of every error answer of the Messages API. */
export interface ErrorBody {
  type: 'error';
  error: { type: string; message: string };
  request_id: string;
}

/** Builds the body that the Messages API sends with an HTTP error. */
export function errorBody(error: StepError, requestId: string): ErrorBody {
  const known = KNOWN.get(error.status) ?? fallback(error.status);
  const body = { type: error.type ?? known.type, message: error.message ?? known.message };
  return { type: 'error', error: body, request_id: requestId };
}

const KNOWN: ReadonlyMap<number, { type: string; message: string }> = new Map([
  [400, { type: 'invalid_request_error', message: 'The request is invalid.' }],
  [401, { type: 'authentication_error', message: 'invalid x-api-key' }],
  [403, { type: 'permission_error', message: 'The API key may not use this resource.' }],
  [404, { type: 'not_found_error', message: 'The resource does not exist.' }],
  [413, { type: 'request_too_large', message: 'Request exceeds the maximum size' }],
  [429, { type: 'rate_limit_error', message: 'This request would exceed the rate limit.' }],
  [500, { type: 'api_error', message: 'Internal server error' }],
  [529, { type: 'overloaded_error', message: 'Overloaded' }],
]);

function fallback(status: number): { type: string; message: string } {
  return status < 500
    ? { type: 'invalid_request_error', message: `The request failed with status ${status}.` }
    : { type: 'api_error', message: `The API failed with status ${status}.` };
}
