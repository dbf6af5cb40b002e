import { randomBytes } from 'node:crypto';
import { beginningOf } from '../text/cut.ts';
import type { Step } from './script.ts';

/** The facts of a request that its answer contains. */
export interface AnswerContext {
  model: string;
  inputTokens: number;
  /** The text of a step that has no content of its own. */
  defaultText: string;
}

/** Turns a step into a whole answer. The server adds its errors, delays and other faults. */
export function answerMessage(step: Step, context: AnswerContext): AnswerMessage {
  const content = contentOf(step, context.defaultText);
  const hasTools = content.some((block) => block.type === 'tool_use');
  return {
    id: newId('msg'),
    type: 'message',
    role: 'assistant',
    model: step.model ?? context.model,
    content,
    stop_reason: step.stop_reason ?? (hasTools ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    usage: {
      input_tokens: step.usage?.input_tokens ?? context.inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: step.usage?.output_tokens ?? tokensIn(content.map(contentText).join('')),
    },
  };
}

export type ContentBlock =
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'text'; text: string }
  | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> };

/** The token counts of one answer. The practice API never caches. */
export interface Usage {
  input_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  output_tokens: number;
}

/** A whole answer: the body of a request that did not ask for a stream. */
export interface AnswerMessage {
  id: string;
  type: 'message';
  role: 'assistant';
  model: string;
  content: ContentBlock[];
  stop_reason: string | null;
  stop_sequence: null;
  usage: Usage;
}

/** Returns a plausible token count: one for every four characters, at least one. */
export function tokensIn(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

/** Returns a new unique id in the style of the API, such as `msg_0123…`. */
export function newId(prefix: 'msg' | 'toolu' | 'req'): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

function contentOf(step: Step, defaultText: string): ContentBlock[] {
  const text = step.bytes === undefined ? step.text : filler(step.bytes);
  const tools = (step.tools ?? []).map(
    ({ name, input }): ContentBlock => ({ type: 'tool_use', id: newId('toolu'), name, input }),
  );
  const blocks: ContentBlock[] = [];
  if (step.thinking !== undefined) {
    const signature = Buffer.from('practice').toString('base64');
    blocks.push({ type: 'thinking', thinking: step.thinking, signature });
  }
  if (text !== undefined) blocks.push({ type: 'text', text });
  blocks.push(...tools);
  if (blocks.length > 0 || step.hang === true) return blocks;
  return [{ type: 'text', text: defaultText }];
}

function filler(bytes: number): string {
  const line = 'This practice line has sixty-four bytes and fills an answer up.\n';
  return beginningOf(line.repeat(Math.ceil(bytes / line.length)), bytes);
}

function contentText(block: ContentBlock): string {
  if (block.type === 'thinking') return block.thinking;
  return block.type === 'text' ? block.text : block.name + JSON.stringify(block.input);
}
