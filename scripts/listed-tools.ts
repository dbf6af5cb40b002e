import * as z from 'zod';
import { tools } from '../src/mcp/tools.ts';

/**
 * Returns the content of `src/mcp/listed.json`: the tools as `tools/list` sends them. It is written when
 * a tool changes, not when a server starts: that would load everything that a call needs.
 */
export function listedTools(): string {
  const listed = tools.map(({ name, title, description, schema, annotations }) => ({
    ...{ name, title, description },
    inputSchema: z.toJSONSchema(schema, { io: 'input' }),
    annotations,
  }));
  return `${JSON.stringify(listed, null, 2)}\n`;
}
