import { asList, asObject, asText, type Json, parseObject } from './message.ts';

/** The content of a stdout line that belongs in a history file. */
export type ConversationPart =
  | { kind: 'message'; message: Json }
  | { kind: 'result'; result: string | null; structured_output?: unknown };

/** Returns the part of the conversation in a stdout line, or undefined. */
export function conversationPart(line: Buffer): ConversationPart | undefined {
  const message = parseObject(line.toString('utf8'));
  if (!message) return undefined;
  if (message.type === 'user' || message.type === 'assistant') {
    return asObject(message.message) ? { kind: 'message', message } : undefined;
  }
  if (message.type !== 'result') return undefined;
  const { structured_output } = message;
  return {
    kind: 'result',
    result: asText(message.result) ?? null,
    ...(structured_output === undefined ? {} : { structured_output }),
  };
}

/**
 * True if a message shows that an answer was cut at the limit of output tokens. The CLI (2.1.332)
 * writes a message to its model after a cut text, and keeps the broken input of a cut tool call.
 */
export function reportsCut({ type, isSynthetic, message }: Json): boolean {
  const blocks = asList(asObject(message)?.content).map(asObject);
  if (type === 'assistant') return blocks.some((block) => isCutCall(block));
  return isSynthetic === true && blocks.some((block) => cutWords.test(asText(block?.text) ?? ''));
}

const isCutCall = (block: Json | undefined): boolean =>
  block?.type === 'tool_use' && asObject(block.input)?.__unparsedToolInput !== undefined;

const cutWords =
  /^(Output token limit hit|Your response was cut off because it exceeded the output)/;
