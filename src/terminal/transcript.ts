import { asList, asObject, asText, visible } from '../claude/message.ts';
import type { TranscriptMessage } from '../view/contract.ts';

/** A message as lines of plain text: who, and what was said, used or given back. */
export function linesOf({ message }: TranscriptMessage): string[] {
  const role = asText(message.type) ?? '';
  const content = asObject(message.message)?.content;
  const text = asText(content);
  if (text !== undefined) return [`${role}: ${oneLine(text)}`];
  return asList(content).map((block) => `${role}: ${oneLine(blockText(asObject(block) ?? {}))}`);
}

function blockText(block: Record<string, unknown>): string {
  const text = asText(block.text);
  if (text !== undefined) return text;
  if (block.type === 'tool_use') return `[${asText(block.name)}] ${JSON.stringify(block.input)}`;
  const result = asText(block.content) ?? JSON.stringify(block.content ?? block);
  return `[${block.is_error === true ? 'error' : asText(block.type)}] ${result}`;
}

/** Nothing that a worker says moves the cursor. */
const oneLine = (text: string): string => text.split('\n').map(visible).join('\n  ');
