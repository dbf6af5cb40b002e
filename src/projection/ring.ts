import type { Step } from './contract.ts';

/** The latest steps, each with a number; a cursor says after which of them a page goes on. */
export interface Ring {
  /** Where a page goes on that has seen everything so far. */
  readonly cursor: string;
  push(step: Step): void;
  /** The JSON of each step after a cursor; undefined when some of them are no longer known. */
  since(cursor: string): string[] | undefined;
}

/** As many steps, and as many characters of them, as are kept for pages that were away. */
const defaultLimits = { steps: 5_000, characters: 64 * 1024 ** 2 };

/** `epoch` tells this ring's cursors from those of every other. */
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
