import * as z from 'zod';

const blockSchema = z.looseObject({ type: z.string() });

const messageSchema = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(blockSchema)]),
});

/** The part of a Messages API request that the practice API reads. All other fields pass. */
export const messagesRequestSchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  messages: z.array(messageSchema).min(1),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
});

export type MessagesRequest = z.infer<typeof messagesRequestSchema>;
export type Message = z.infer<typeof messageSchema>;
type Block = z.infer<typeof blockSchema>;

/** A tool result, as claude sent it. */
export interface ToolResult {
  tool_use_id: string;
  /** The tool that was called, if the call is still in the conversation. */
  name?: string;
  /** Its text. Other content (images) is left out. */
  content: string;
  is_error: boolean;
}

/** Returns the tool results of the last user message. */
export function resultsOf(request: MessagesRequest): ToolResult[] {
  const last = request.messages.findLast((message) => message.role === 'user');
  return blocksOf(last, 'tool_result').map((block) => {
    const id = String(block.tool_use_id ?? '');
    const name = toolName(request, id);
    return {
      tool_use_id: id,
      ...(name === undefined ? {} : { name }),
      content: textsIn(block.content).join('\n'),
      is_error: block.is_error === true,
    };
  });
}

/** Returns the session that sent the request, or the whole user id if it names no session. */
export function sessionOf(request: MessagesRequest): string | undefined {
  const user = request.metadata?.user_id ?? undefined;
  if (user === undefined) return undefined;
  try {
    const parsed = z.looseObject({ session_id: z.string() }).safeParse(JSON.parse(user));
    return parsed.success ? parsed.data.session_id : user;
  } catch {
    return user;
  }
}

/** Returns the blocks of one type in a message. */
export function blocksOf(message: Message | undefined, type: string): Block[] {
  if (!Array.isArray(message?.content)) return [];
  return message.content.filter((block) => block.type === type);
}

const textBlockSchema = z.looseObject({ type: z.literal('text'), text: z.string() });

/** Returns the texts in the content of a message or a tool result: a string, or a list of blocks. */
export function textsIn(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((block) => {
    const parsed = textBlockSchema.safeParse(block);
    return parsed.success ? [parsed.data.text] : [];
  });
}

function toolName(request: MessagesRequest, id: string): string | undefined {
  const calls = request.messages.flatMap((message) => blocksOf(message, 'tool_use'));
  const name = calls.find((call) => call.id === id)?.name;
  return typeof name === 'string' ? name : undefined;
}
