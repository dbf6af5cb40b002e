import { createHash } from 'node:crypto';
import { type MessagesRequest, sessionOf } from './conversation.ts';
import type { Choice, Step } from './script.ts';

const REMEMBERED = 10_000;

/** Counts the attempts at a step that fails, drops or hangs a limited number of times. */
export class Attempts {
  readonly #counts = new Map<string, number>();

  /**
   * Returns the step of this attempt, with at most one of `error`, `cut: true` and `hang: true`.
   * Errors come first, then cuts, then hangs. A fault that has happened often enough is left out.
   */
  next(request: MessagesRequest, choice: Choice): Step {
    const { error, cut, hang, ...rest } = choice.step;
    const attempt = this.#count(keyOf(request, choice));
    const errors = error === undefined ? 0 : (error.times ?? Number.POSITIVE_INFINITY);
    const cuts = errors + times(cut);
    if (error !== undefined && attempt < errors) return { ...rest, error };
    if (attempt < cuts) return { ...rest, cut: true };
    return attempt < cuts + times(hang) ? { ...rest, hang: true } : rest;
  }

  #count(key: string): number {
    const earlier = this.#counts.get(key) ?? 0;
    this.#counts.set(key, earlier + 1);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > REMEMBERED && oldest !== undefined) this.#counts.delete(oldest);
    return earlier;
  }
}

function times(value: boolean | number | undefined): number {
  if (typeof value === 'number') return value;
  return value === true ? Number.POSITIVE_INFINITY : 0;
}

// The length of the request is no part of the key: a resumed session attempts the same step again.
function keyOf(request: MessagesRequest, { index, origin }: Choice): string {
  const parts = [sessionOf(request), origin.message, origin.text, index];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
