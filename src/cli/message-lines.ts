import { asList, asObject, asText, type Json, visible } from '../stream-json/message.ts';
import { cut } from './format.ts';

/** The number of lines shown of a tool's result, which can be a whole file. */
const resultLines = 10;
/** The number of columns shown of each of these lines. */
const resultWidth = 400;

/** Returns a message of the conversation as lines that are safe to write to a terminal. */
export function messageLines({ type, message }: Json): string[] {
  const content = asObject(message)?.content;
  const text = asText(content);
  const blocks = text === undefined ? asList(content) : [{ type: 'text', text }];
  return blocks.flatMap((block) => blockLines(asObject(block) ?? {}, type === 'user'));
}

function blockLines(block: Json, isUser: boolean): string[] {
  switch (block.type) {
    case 'text':
      return linesOf(asText(block.text) ?? '').map((line) => (isUser ? `> ${line}` : line));
    case 'tool_use':
      return [visible(`→ ${asText(block.name) ?? ''} ${JSON.stringify(block.input)}`)];
    case 'tool_result':
      return shortened(linesOf(resultText(block.content))).map((line) => `← ${line}`);
    default:
      return [];
  }
}

const linesOf = (text: string): string[] => text.trimEnd().split(/\r?\n/).map(visible);

function resultText(content: unknown): string {
  const texts = asList(content).map((part) => asText(asObject(part)?.text) ?? '');
  return asText(content) ?? texts.join('\n');
}

function shortened(lines: string[]): string[] {
  const rest = lines.length - resultLines;
  const kept = lines.slice(0, resultLines).map((line) => cut(line, resultWidth));
  return rest > 0 ? [...kept, `… ${rest} more lines`] : kept;
}
