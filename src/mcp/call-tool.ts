import { type CallToolResult, ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { ManagerError, messageOf } from '../errors.ts';
import type { Manager } from '../manager/manager.ts';
import { wellFormed } from '../text/well-formed.ts';
import type { Call } from './tool.ts';
import { tools } from './tools.ts';
import { validate } from './validate.ts';

/** Calls the tool with this name; rejects only when there is no such tool. */
export type CallTool = (
  name: string,
  args: unknown,
  call: Omit<Call, 'manager'>,
) => Promise<CallToolResult>;

/** A wrong call also has a result: `isError`, and a sentence that says what to do. */
export function createCallTool(manager: Manager): CallTool {
  return async (name, args, call) => {
    const tool = tools.find((candidate) => candidate.name === name);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${name}`);
    try {
      const value = wellFormed(await tool.handle(validate(tool, args), { ...call, manager }));
      // Claude Code shows the model the structured content only, other clients the text only.
      return {
        content: [{ type: 'text', text: JSON.stringify(value) }],
        structuredContent: { ...value },
      };
    } catch (error) {
      if (!(error instanceof ManagerError) && !call.signal.aborted) {
        process.stderr.write(`${name}: ${error instanceof Error ? error.stack : error}\n`);
      }
      return { isError: true, content: [{ type: 'text', text: wellFormed(messageOf(error)) }] };
    }
  };
}
