import * as z from 'zod';
import { tools } from '../src/mcp/tools.ts';

/**
 * The text of `src/mcp/listed.json`: the tools as `tools/list` tells of them. It is made when a
 * tool changes and not when a server starts, as that would load everything that a call needs.
 */
export function listedTools(): string {
  const listed = tools.map(({ name, title, description, schema, annotations }) => ({
    ...{ name, title, description },
    inputSchema: z.toJSONSchema(schema, { io: 'input' }),
    annotations,
  }));
  return `${JSON.stringify(listed, null, 2)}\n`;
}
