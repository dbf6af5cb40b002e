import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** An MCP server for the option `mcp_config`; it writes a file when it starts. */
export interface McpServer {
  command: string;
  args: string[];
  env: Record<string, string>;
}

const sdk = (module: string): string =>
  JSON.stringify(resolve('node_modules/@modelcontextprotocol/sdk/dist/esm', module));

const script = `
import { writeFileSync } from 'node:fs';
import { Server } from ${sdk('server/index.js')};
import { StdioServerTransport } from ${sdk('server/stdio.js')};
import { CallToolRequestSchema, ListToolsRequestSchema } from ${sdk('types.js')};

writeFileSync(process.env.MARK, '');
const server = new Server({ name: 'echo', version: '1.0.0' }, { capabilities: { tools: {} } });
const inputSchema = { type: 'object', properties: { text: { type: 'string' } } };
const tools = [{ name: 'echo', description: 'Says it again.', inputSchema }];
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools }));
server.setRequestHandler(CallToolRequestSchema, ({ params }) => ({
  content: [{ type: 'text', text: 'echo of ' + params.arguments.text + process.env.TAIL }],
}));
await server.connect(new StdioServerTransport());
`;

/**
 * Writes the script of an MCP server with one tool, `echo`, into a folder.
 * @param mark the file that the server writes when it starts.
 */
export async function writeMcpServer(folder: string, mark: string): Promise<McpServer> {
  const path = join(folder, 'echo-server.mjs');
  await writeFile(path, script);
  return { command: process.execPath, args: [path], env: { MARK: mark, TAIL: '!' } };
}
