/** The maximum length of a text in a call. An answer is complete, because its size is the point. */
const textLength = 60;

/** Formats a call: `→ wait {}`. */
export function shownCall(tool: string, args: object): string {
  const shorten = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > textLength
      ? `${value.slice(0, textLength)}…`
      : value;
  return `→ ${tool} ${JSON.stringify(args, shorten)}`;
}

/** Formats an answer, exactly as the caller gets it. */
export function shownAnswer(tool: string, answer: object): string {
  return `← ${tool} ${JSON.stringify(answer)}`;
}
