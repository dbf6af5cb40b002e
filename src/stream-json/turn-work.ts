import type { FileHandle } from 'node:fs/promises';
import type { Failure } from '../../machines/worker.ts';
import type { ConversationPart } from './conversation.ts';
import { asList, asObject, asText, type Json } from './message.ts';
import { partsOf } from './read-parts.ts';
import { emptyAnswer } from './result.ts';

/** What a turn did before its result. */
export interface TurnWork {
  /** The last text of the worker itself; null when it wrote none. */
  text: string | null;
  /** The names of the tools that the worker itself called, one for each call. */
  tools: string[];
  /** True when a command of the CLI, such as /compact, wrote its output into the conversation. */
  hasCommandOutput: boolean;
}

/** Follows a conversation, part by part. */
export interface WorkCounter {
  /** Counts a part. A result ends a turn: the next part belongs to the next turn. */
  count(part: ConversationPart): void;
  /** The turn up to the last counted part; of a result, the turn that it ended. */
  readonly work: TurnWork;
}

export function createWorkCounter(): WorkCounter {
  let work = noWork();
  let isOver = false;
  return {
    count(part) {
      if (isOver) work = noWork();
      isOver = part.kind === 'result';
      if (part.kind === 'message') addMessage(work, part.message);
    },
    get work() {
      return work;
    },
  };
}

const noWork = (): TurnWork => ({ text: null, tools: [], hasCommandOutput: false });

function addMessage(work: TurnWork, { type, message, parent_tool_use_id }: Json): void {
  const { model, content } = asObject(message) ?? {};
  if (type === 'user' && asText(content)?.startsWith('<local-command-stdout>')) {
    work.hasCommandOutput = true;
  }
  const isOwn = type === 'assistant' && !parent_tool_use_id && model !== '<synthetic>';
  if (!isOwn) return;
  for (const block of asList(content).map(asObject)) {
    const text = asText(block?.text) ?? '';
    if (block?.type === 'text' && text.trim() !== '') work.text = text;
    if (block?.type === 'tool_use') work.tools.push(asText(block.name) ?? 'a tool');
  }
}

/** Reads what the turn did whose result line ends at `end`; `file` is a worker's stdout. */
export async function readWork(file: FileHandle, end: number): Promise<TurnWork> {
  const counter = createWorkCounter();
  for await (const { part, end: partEnd } of partsOf(file)) {
    if (part !== 'skipped') counter.count(part);
    if (partEnd >= end) break;
  }
  return counter.work;
}

/** Returns the failure of a turn whose result has no text, or null if what it did is an ending. */
export function failureAfter({ text, tools, hasCommandOutput }: TurnWork): Failure | null {
  if (text !== null) return null;
  if (tools.length === 0) return hasCommandOutput ? null : emptyAnswer;
  const calls = tools.length === 1 ? '1 tool call' : `${tools.length} tool calls`;
  const hint = `The turn ended without an answer, after ${calls}: ${namesOf(tools)}. What they did remains; resume the worker and ask for the answer.`;
  return { ...emptyAnswer, hint };
}

/** Lists each tool once, in the order of their first calls, and at most eight of them. */
function namesOf(tools: string[]): string {
  const names = [...new Set(tools)];
  return names.slice(0, 8).join(', ') + (names.length > 8 ? ' and others' : '');
}
