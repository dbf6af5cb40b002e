import { blocksOf, type Message, type MessagesRequest, textsIn } from './conversation.ts';

/** A user prompt and the index of the message that carries it (-1 if there is no prompt). */
export interface Prompt {
  text: string;
  message: number;
}

/** Returns the latest prompt of a request. */
export function latestPrompt(request: MessagesRequest): Prompt {
  return promptsOf(request).at(-1) ?? { text: '', message: -1 };
}

/**
 * Returns the prompts of a request, oldest first: the texts of the user, without tool results,
 * reminders and claude's own notes. One message may hold several, such as a failed prompt and the
 * next one.
 */
export function promptsOf(request: MessagesRequest): Prompt[] {
  return request.messages.flatMap((each, message) =>
    promptTexts(each).map((text) => ({ text, message })),
  );
}

/** Counts the answers in a request after a message. */
export function stepsTakenSince(request: MessagesRequest, message: number): number {
  return request.messages.slice(message + 1).filter(isAnswer).length;
}

// The notes that claude writes as the user after an interrupted turn and after a turn without text.
const NOTES = ['[Request interrupted by user', '[Your previous response had no visible output'];

// A prompt that arrives while claude works: in a system message, or (for older models) in a
// reminder that stands alone or at the end of a tool result.
const MID_TURN =
  /^The user sent a new message while you were working:\n(.*?)\n\nThis is how Claude Code/gms;
const REMINDER = /<system-reminder>\n.*?<\/system-reminder>/gs;

function promptTexts(message: Message): string[] {
  const texts = textsIn(message.content);
  if (message.role === 'system') return texts.flatMap(midTurnPrompts);
  if (message.role !== 'user') return [];
  const results = blocksOf(message, 'tool_result').flatMap((block) => textsIn(block.content));
  const reminders = results.flatMap((text) => text.match(REMINDER) ?? []);
  return [...reminders, ...texts.map((text) => text.trim())].flatMap(userPrompts);
}

function userPrompts(text: string): string[] {
  if (text.startsWith('<system-reminder>')) return midTurnPrompts(text);
  return NOTES.some((note) => text.startsWith(note)) ? [] : [text];
}

function midTurnPrompts(text: string): string[] {
  return Array.from(text.matchAll(MID_TURN), ([, prompt = '']) => prompt.trim());
}

// After an interrupted turn, claude inserts its own answer before the next prompt.
function isAnswer(message: Message): boolean {
  if (message.role !== 'assistant') return false;
  const own = textsIn(message.content).join('') === 'No response requested.';
  return !own || blocksOf(message, 'tool_use').length > 0;
}
