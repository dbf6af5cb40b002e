import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Manager } from '../../src/manager/manager.ts';
import { createCallTool } from '../../src/mcp/call-tool.ts';
import { serve } from '../../src/mcp/server.ts';

/** A manager that is served over HTTP on the loopback address. */
export interface HttpServer {
  url: string;
  close(): Promise<void>;
}

/** Serves a manager's tools over Streamable HTTP, one MCP session for each client that comes. */
export async function serveHttp(manager: Manager): Promise<HttpServer> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  let allowedHosts: string[] = [];

  const open = async () => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
      enableDnsRebindingProtection: true,
      allowedHosts,
    });
    // The SDK's own types differ in how they write an optional property.
    const callTool = createCallTool(manager);
    await serve(transport as Transport, {
      ...{ version: '1.2.3', approvals: 'caller', callTool: async () => callTool },
    });
    return transport;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const known = sessions.get(String(request.headers['mcp-session-id']));
    await (known ?? (await open())).handleRequest(request, response);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  allowedHosts = [`127.0.0.1:${address.port}`, `localhost:${address.port}`];

  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    async close() {
      for (const transport of sessions.values()) await transport.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
