/** The longest text of a call that is shown; an answer is shown whole, as that is the point. */
const textLength = 60;

/** A call as it is shown: `→ wait {}`. */
export function shownCall(tool: string, args: object): string {
  const shorten = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > textLength
      ? `${value.slice(0, textLength)}…`
      : value;
  return `→ ${tool} ${JSON.stringify(args, shorten)}`;
}

/** An answer as the caller gets it. */
export function shownAnswer(tool: string, answer: object): string {
  return `← ${tool} ${JSON.stringify(answer)}`;
}
