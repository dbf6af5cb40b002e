import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import type { Config } from '../config/config.ts';
import type { CallTool } from './call-tool.ts';
import listed from './listed.json' with { type: 'json' };

const instructions = `Runs many Claude workers at once. spawn_worker returns at once; wait tells which workers have finished and which need a permission; approve_permission answers; resume_worker goes on with the same conversation; stop_worker ends workers; list_workers shows them. Every conversation is a file: wait gives its path, not its text, so read only what you need (jq -r .result FILE). Typical: spawn several workers, then loop: wait, answer every pending permission, wait again, until nothing runs.`;

/** What runs after an answer was written, by the request it answers. */
type Hooks = Map<RequestId, { delivered(): void; dropped(): void }>;

/** What a server says of itself, and what stands behind it. */
export interface ServeDeps {
  version: string;
  approvals: Config['approvals'];
  /** Gives what answers calls; asked for with every call, so that it can be loaded with the first. */
  callTool(): Promise<CallTool>;
  /** Called each time when a client is told of the tools, and may soon call one. */
  onListed?(): void;
}

/** Serves the tools over a transport. Resolves once the transport is open. */
export async function serve(transport: Transport, deps: ServeDeps): Promise<Server> {
  const hooks: Hooks = new Map();
  const server = new Server(
    { name: 'async-worker-manager', version: deps.version },
    { capabilities: { tools: {} }, instructions },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => {
    deps.onListed?.();
    return { tools: listed.map((tool) => asClientsSee(tool, deps.approvals)) };
  });
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const token = extra._meta?.progressToken;
    let progress = 0;
    const callTool = await deps.callTool();
    return callTool(params.name, params.arguments, {
      signal: extra.signal,
      clientName: server.getClientVersion()?.name ?? '',
      progress(message) {
        if (token === undefined) return;
        progress += 1;
        const notification = { progressToken: token, progress, message };
        void extra
          .sendNotification({ method: 'notifications/progress', params: notification })
          .catch(() => {});
      },
      afterwards(given) {
        // A call that was given up gets no answer, so nothing of it counts as delivered.
        if (extra.signal.aborted) return given.dropped();
        hooks.set(extra.requestId, given);
        extra.signal.addEventListener('abort', () => settle(hooks, extra.requestId, 'dropped'));
      },
    });
  });
  server.onerror = (error) => process.stderr.write(`MCP: ${error.message}\n`);
  await server.connect(reportingSends(transport, hooks));
  return server;
}

/** Claude Code asks its user before every call of a tool with the marker. */
function asClientsSee(tool: (typeof listed)[number], approvals: Config['approvals']) {
  const isForUser = approvals === 'human' && tool.name === 'approve_permission';
  return {
    ...tool,
    // The type of a JSON file has texts and no literals; every schema's root is an object.
    inputSchema: tool.inputSchema as { type: 'object' },
    ...(isForUser ? { _meta: { 'anthropic/requiresUserInteraction': true } } : {}),
  };
}

/** The transport, telling of each answer when it was written. */
function reportingSends(transport: Transport, hooks: Hooks): Transport {
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    const id = 'id' in message && !('method' in message) ? message.id : undefined;
    try {
      await send(message, options);
      if (id !== undefined) settle(hooks, id, 'delivered');
    } catch (error) {
      if (id !== undefined) settle(hooks, id, 'dropped');
      throw error;
    }
  };
  return transport;
}

function settle(hooks: Hooks, id: RequestId, how: 'delivered' | 'dropped'): void {
  hooks.get(id)?.[how]();
  hooks.delete(id);
}
