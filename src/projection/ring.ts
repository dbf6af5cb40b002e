import type { Step } from './contract.ts';

/** The latest steps. A cursor names the step after which a page continues. */
export interface Ring {
  /** The cursor after the last step. */
  readonly cursor: string;
  push(step: Step): void;
  /** Returns the JSON of each step after a cursor; undefined if the ring no longer has all of them. */
  since(cursor: string): string[] | undefined;
}

/** The most steps and characters that are kept for pages that were away. */
const defaultLimits = { steps: 5_000, characters: 64 * 1024 ** 2 };

/** Creates a ring. Its `epoch` distinguishes its cursors from the cursors of other rings. */
export function createRing(epoch: string, limits = defaultLimits): Ring {
  const kept: string[] = [];
  let last = 0;
  let characters = 0;
  return {
    get cursor() {
      return `${epoch}-${last}`;
    },
    push(step) {
      const text = JSON.stringify(step);
      kept.push(text);
      last += 1;
      characters += text.length;
      while (kept.length > limits.steps || characters > limits.characters) {
        characters -= kept.shift()?.length ?? 0;
      }
    },
    since(cursor) {
      const [, of, number = ''] = /^(.*)-(\d{1,15})$/.exec(cursor) ?? [];
      const missing = last - Number(number);
      if (of !== epoch || missing < 0 || missing > kept.length) return undefined;
      return kept.slice(kept.length - missing);
    },
  };
}
