import type { MessagesRequest } from './conversation.ts';
import { type Prompt, promptsOf } from './prompts.ts';

const TAG = /<(\/?)practice>/g;

/** Finds the `<practice>` script that is used: the last script of the last prompt with a script. */
export function latestScript(request: MessagesRequest): Prompt | undefined {
  const scripts = promptsOf(request).flatMap(({ text, message }) => {
    const script = lastScriptIn(text);
    return script === undefined ? [] : [{ text: script, message }];
  });
  return scripts.at(-1);
}

/**
 * Returns the content of the last outermost `<practice>…</practice>` of a text. Scripts nest: a script
 * that starts a worker carries the worker's own script inside a tool input.
 */
export function lastScriptIn(text: string): string | undefined {
  let depth = 0;
  let start = 0;
  let found: string | undefined;
  for (const tag of text.matchAll(TAG)) {
    if (tag[1] === '') {
      depth += 1;
      if (depth === 1) start = tag.index + tag[0].length;
    } else if (depth > 0) {
      depth -= 1;
      if (depth === 0) found = text.slice(start, tag.index);
    }
  }
  // A script without its end tag is used up to the end of the text, so that its author sees an error.
  return depth > 0 ? text.slice(start) : found;
}
