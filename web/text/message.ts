import type { TranscriptMessage } from '../../src/projection/contract.ts';

/** A block of a message. */
export interface Block {
  kind: 'text' | 'thinking' | 'use' | 'result' | 'failed result' | 'other';
  /** The tool's name, in a `use`. */
  name?: string;
  text: string;
}

/** Reads the blocks of a message of the CLI; an unknown block becomes JSON. */
export function blocksOf({ message }: TranscriptMessage): { role: string; blocks: Block[] } {
  const inner = isObject(message.message) ? message.message : message;
  const content = typeof inner.content === 'string' ? [textBlock(inner.content)] : inner.content;
  const blocks = Array.isArray(content) ? content.map(blockOf) : [blockOf(inner)];
  return { role: String(inner.role ?? message.type), blocks };
}

function blockOf(block: unknown): Block {
  if (!isObject(block)) return { kind: 'other', text: JSON.stringify(block) };
  if (block.type === 'text') return { kind: 'text', text: String(block.text) };
  if (block.type === 'thinking') return { kind: 'thinking', text: String(block.thinking) };
  if (block.type === 'tool_use') {
    return { kind: 'use', name: String(block.name), text: JSON.stringify(block.input, null, 2) };
  }
  if (block.type !== 'tool_result') return { kind: 'other', text: JSON.stringify(block, null, 2) };
  return { kind: block.is_error ? 'failed result' : 'result', text: resultText(block.content) };
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return JSON.stringify(content ?? '', null, 2);
  const text = (part: unknown) =>
    isObject(part) && part.type === 'text' ? String(part.text) : JSON.stringify(part, null, 2);
  return content.map(text).join('\n');
}

const textBlock = (text: string) => ({ type: 'text', text });

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
