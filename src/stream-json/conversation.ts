import { asObject, asText, type Json, parseObject } from './message.ts';

/** A line of stdout that belongs into a history file. */
export type ConversationPart =
  | { kind: 'message'; message: Json }
  | { kind: 'result'; result: string | null; structured_output?: unknown };

/** The part of the conversation that a line of stdout holds, or undefined. */
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
