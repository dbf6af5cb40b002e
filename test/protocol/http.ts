import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Manager } from '../../src/manager/manager.ts';
import { createCallTool } from '../../src/mcp/call-tool.ts';
import { serve } from '../../src/mcp/server.ts';

/** An HTTP server on the loopback address. */
export interface HttpServer {
  url: string;
  close(): Promise<void>;
}

type Sessions = Map<string, StreamableHTTPServerTransport>;

/** Serves a manager's tools over Streamable HTTP, with one MCP session for each client. */
export async function serveHttp(manager: Manager): Promise<HttpServer> {
  const sessions: Sessions = new Map();
  const hosts: string[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const open = sessions.get(String(request.headers['mcp-session-id']));
    const transport = open ?? (await openSession(manager, sessions, hosts));
    await transport.handleRequest(request, response);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  hosts.push(`127.0.0.1:${address.port}`, `localhost:${address.port}`);

  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    async close() {
      for (const transport of sessions.values()) await transport.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function openSession(
  manager: Manager,
  sessions: Sessions,
  allowedHosts: string[],
): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
    enableDnsRebindingProtection: true,
    allowedHosts,
  });
  const callTool = createCallTool(manager);
  // The types of the SDK do not agree about an optional property.
  await serve(transport as Transport, {
    ...{ version: '1.2.3', approvals: 'caller', callTool: async () => callTool },
  });
  return transport;
}
