import type { AnswerMessage, ContentBlock, Usage } from './message.ts';

/**
 * Yields the events of an answer as the Messages API streams them.
 *
 * @param chunk Characters in each delta. By default a block arrives in at most 64 deltas.
 */
export function* messageEvents(message: AnswerMessage, chunk?: number): Generator<StreamEvent> {
  const opening = { content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } };
  yield { type: 'message_start', message: { ...message, ...opening } };
  yield { type: 'ping' };
  for (const [index, block] of message.content.entries()) {
    const isCut = message.stop_reason === 'max_tokens' && index === message.content.length - 1;
    yield { type: 'content_block_start', index, content_block: emptied(block) };
    for (const delta of deltasOf(block, isCut, chunk)) {
      yield { type: 'content_block_delta', index, delta };
    }
    yield { type: 'content_block_stop', index };
  }
  const delta = { stop_reason: message.stop_reason, stop_sequence: null };
  yield { type: 'message_delta', delta, usage: message.usage };
  yield { type: 'message_stop' };
}

/** Writes an event in the text/event-stream format. */
export function eventText(event: StreamEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

type Delta =
  | { type: 'thinking_delta'; thinking: string }
  | { type: 'signature_delta'; signature: string }
  | { type: 'text_delta'; text: string }
  | { type: 'input_json_delta'; partial_json: string };

/** A server-sent event. Its `type` is also the name of the event. */
export type StreamEvent =
  | { type: 'message_start'; message: AnswerMessage }
  | { type: 'ping' }
  | { type: 'content_block_start'; index: number; content_block: ContentBlock }
  | { type: 'content_block_delta'; index: number; delta: Delta }
  | { type: 'content_block_stop'; index: number }
  | {
      type: 'message_delta';
      delta: { stop_reason: string | null; stop_sequence: null };
      usage: Usage;
    }
  | { type: 'message_stop' };

function emptied(block: ContentBlock): ContentBlock {
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' };
  return block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} };
}

/** @param isCut True if the block ends at the limit of tokens. A tool call is then half of its JSON. */
function* deltasOf(block: ContentBlock, isCut: boolean, chunk?: number): Generator<Delta> {
  if (block.type === 'text') {
    for (const text of pieces(block.text, chunk)) yield { type: 'text_delta', text };
  } else if (block.type === 'thinking') {
    const { signature } = block;
    for (const thinking of pieces(block.thinking, chunk))
      yield { type: 'thinking_delta', thinking };
    yield { type: 'signature_delta', signature };
  } else {
    yield { type: 'input_json_delta', partial_json: '' };
    const json = JSON.stringify(block.input);
    const sent = isCut ? json.slice(0, Math.ceil(json.length / 2)) : json;
    for (const partial_json of pieces(sent, chunk)) {
      yield { type: 'input_json_delta', partial_json };
    }
  }
}

function* pieces(text: string, chunk?: number): Generator<string> {
  const size = chunk ?? Math.max(8, Math.ceil(text.length / 64));
  let start = 0;
  while (start < text.length) {
    let end = start + size;
    // Keep a surrogate pair together, because half of it is not a character.
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}
