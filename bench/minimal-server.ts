import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';

/** A minimal MCP server: one tool that does nothing. */
const server = new McpServer({ name: 'minimal', version: '1.0.0' });
server.registerTool('nothing', { description: 'Does nothing.' }, () => ({ content: [] }));
await server.connect(new StdioServerTransport());
