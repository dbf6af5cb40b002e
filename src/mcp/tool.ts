import type * as z from 'zod';
import type { Claim } from '../manager/deliveries.ts';
import type { Manager } from '../manager/manager.ts';

/** One call of a tool, except its arguments. */
export interface Call {
  manager: Manager;
  /** Aborts when the caller cancels the call. */
  signal: AbortSignal;
  /** The name of the MCP client, such as `claude-code`. */
  clientName: string;
  /** Sends a progress notification, if the caller wants any. */
  progress(line: string): void;
  /** Ends the claim of the result, once: `delivered` when the transport has written it, else `dropped`. */
  whenSent(claim: Claim): void;
}

/** An MCP tool: its texts for the model, the schema of its arguments, and its code. */
export interface Tool {
  name: string;
  title: string;
  description: string;
  schema: z.ZodObject;
  annotations: { readOnlyHint?: boolean; destructiveHint?: boolean; openWorldHint?: boolean };
  handle(args: unknown, call: Call): Promise<object>;
}

/** Defines a tool; the handler's arguments have the type of the schema's output. */
export function defineTool<Schema extends z.ZodObject>(
  tool: Omit<Tool, 'schema' | 'handle'> & {
    schema: Schema;
    handle(args: z.infer<Schema>, call: Call): Promise<object>;
  },
): Tool {
  // The server validates with the tool's own schema before it calls the handler.
  return { ...tool, handle: (args, call) => tool.handle(args as z.infer<Schema>, call) };
}
