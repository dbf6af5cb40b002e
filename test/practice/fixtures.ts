import { type MessagesRequest, messagesRequestSchema } from '../../src/practice/conversation.ts';
import type { Step } from '../../src/practice/script.ts';

/** Returns a user message with one text. */
export function user(text: string) {
  return { role: 'user', content: [{ type: 'text', text }] };
}

/** Returns an assistant message with one text. */
export function assistant(text: string) {
  return { role: 'assistant', content: [{ type: 'text', text }] };
}

/** Returns an assistant message that calls one tool. */
export function call(id: string, name: string) {
  return { role: 'assistant', content: [{ type: 'tool_use', id, name, input: {} }] };
}

/** Returns a user message with the result of one tool call. */
export function result(id: string, content: unknown) {
  return { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] };
}

/** Returns a prompt with a script. */
export function scripted(steps: readonly Step[], before = 'Go'): string {
  return `${before} <practice>${JSON.stringify(steps)}</practice>`;
}

/** Returns a Messages request of one session with these messages. */
export function request(messages: readonly unknown[], session = 's1'): MessagesRequest {
  return messagesRequestSchema.parse({
    model: 'claude-practice',
    max_tokens: 1000,
    messages,
    metadata: { user_id: JSON.stringify({ device_id: 'd', session_id: session }) },
  });
}
