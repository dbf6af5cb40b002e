import type * as z from 'zod';
import type { Manager } from '../manager/manager.ts';

/** The call that a tool is answering. */
export interface Call {
  manager: Manager;
  /** Aborts when the caller gives the call up. */
  signal: AbortSignal;
  /** The name of the MCP client, such as `claude-code`. */
  clientName: string;
  /** Tells the caller, if it asked for that, how far the call is. */
  progress(line: string): void;
  /** Calls one of these once: when the answer was written, or when it never will be. */
  afterwards(hooks: { delivered(): void; dropped(): void }): void;
}

/** One MCP tool: what the model reads about it, what it takes, what it does. */
export interface Tool {
  name: string;
  title: string;
  description: string;
  schema: z.ZodObject;
  annotations: { readOnlyHint?: boolean; destructiveHint?: boolean; openWorldHint?: boolean };
  handle(args: unknown, call: Call): Promise<object>;
}

/** A tool whose handler gets exactly what its schema lets through. */
export function defineTool<Schema extends z.ZodObject>(
  tool: Omit<Tool, 'schema' | 'handle'> & {
    schema: Schema;
    handle(args: z.infer<Schema>, call: Call): Promise<object>;
  },
): Tool {
  // The server validates with the tool's own schema before it calls the handler.
  return { ...tool, handle: (args, call) => tool.handle(args as z.infer<Schema>, call) };
}
