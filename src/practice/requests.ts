import type { IncomingHttpHeaders } from 'node:http';
import { beginningOf } from '../text/cut.ts';

/** A request to the practice API. The server updates it while it answers. */
export interface PracticeRequest {
  /** The time of its arrival, in milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body; the text if it is not JSON; undefined if there is none. */
  readonly body: unknown;
  /** The HTTP status; 0 until the answer begins. */
  status: number;
  /** The place of the answer in its script, counted from 0. */
  step?: number;
  /** The latest user prompt, for a Messages request. */
  prompt?: string;
  /** The claude session that sent it, for a Messages request. */
  session?: string;
  /** True once the whole answer was written. */
  answered: boolean;
  /** True once the client disconnected before that. */
  aborted: boolean;
}

interface Waiter {
  predicate: (request: PracticeRequest) => boolean;
  settle: (outcome: PracticeRequest | Error) => void;
}

/** The latest requests, and the callers that wait for a request. */
export class RequestLog {
  /** Oldest first. */
  readonly requests: PracticeRequest[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #keep: number;

  /** @param keep The number of requests to keep. The oldest are dropped first. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Records a new request. */
  add(request: PracticeRequest): void {
    this.requests.push(request);
    if (this.requests.length > this.#keep) this.requests.shift();
    this.changed(request);
  }

  /** Checks the waiting predicates after a recorded request has changed. */
  changed(request: PracticeRequest): void {
    for (const { predicate, settle } of this.#waiters) {
      try {
        if (predicate(request)) settle(request);
      } catch (error) {
        settle(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  /**
   * Waits for a request that satisfies the predicate now or after a later change.
   *
   * @throws Error after `ms` milliseconds, or when the API is closed.
   */
  async wait(
    predicate: (request: PracticeRequest) => boolean,
    ms: number,
  ): Promise<PracticeRequest> {
    const known = this.requests.find(predicate);
    if (known !== undefined) return known;
    return new Promise((resolve, reject) => {
      const settle = (outcome: PracticeRequest | Error): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const waiter: Waiter = { predicate, settle };
      const timer = setTimeout(() => settle(new Error(this.#missed(ms))), ms);
      this.#waiters.add(waiter);
    });
  }

  /** Ends every wait with an error. */
  close(): void {
    for (const { settle } of this.#waiters) settle(new Error('The practice API was closed.'));
  }

  #missed(ms: number): string {
    const seen = this.requests.slice(-3).map(describeRequest).join('; ');
    const total = this.requests.length;
    return `No request matched within ${ms} ms. ${total} recorded${seen && `, the last: ${seen}`}.`;
  }
}

/** Returns one line about a request: `POST /v1/messages 200 step 1 "Say hello"`. */
export function describeRequest(request: PracticeRequest): string {
  const { method, path, status, step, prompt } = request;
  const parts = [method, path, status === 0 ? 'waiting' : String(status)];
  if (step !== undefined) parts.push(`step ${step}`);
  if (request.aborted) parts.push('aborted');
  else if (status !== 0 && !request.answered) parts.push('unfinished');
  if (prompt !== undefined) parts.push(JSON.stringify(beginningOf(prompt, 60)));
  return parts.join(' ');
}
