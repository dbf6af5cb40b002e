import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  ListToolsRequestSchema,
  type RequestId,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js';
import type { Config } from '../config/config.ts';
import type { Claim } from '../manager/deliveries.ts';
import type { CallTool } from './call-tool.ts';
import listed from './listed.json' with { type: 'json' };

const instructions = `Runs many Claude workers at once. spawn_worker returns at once; wait shows which workers have finished and which need a permission; approve_permission answers; resume_worker continues the same conversation; stop_worker ends workers; list_workers shows them. Every conversation is a file: wait gives its path, not its text, so read only the parts that you need (jq -r .result FILE). Typical: spawn several workers, then loop: wait, answer every pending permission, wait again, until nothing runs.`;

type CallExtra = Pick<
  RequestHandlerExtra<ServerRequest, ServerNotification>,
  '_meta' | 'sendNotification'
>;

/** Claims of results that are not written yet, by the ids of their calls. */
type OpenClaims = Map<RequestId, Claim>;

export interface ServeDeps {
  version: string;
  approvals: Config['approvals'];
  /** Returns the function that calls tools; called for each call, so the first call can load it. */
  callTool(): Promise<CallTool>;
  /** Called each time when a client lists the tools, because it may soon call one. */
  onListed?(): void;
}

/** Serves the tools over a transport. Resolves once the transport is open. */
export async function serve(transport: Transport, deps: ServeDeps): Promise<Server> {
  const claims: OpenClaims = new Map();
  const server = new Server(
    { name: 'async-worker-manager', version: deps.version },
    { capabilities: { tools: {} }, instructions },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => {
    deps.onListed?.();
    return { tools: listed.map((tool) => listedTool(tool, deps.approvals)) };
  });
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const callTool = await deps.callTool();
    return callTool(params.name, params.arguments, {
      signal: extra.signal,
      clientName: server.getClientVersion()?.name ?? '',
      progress: progressSender(extra),
      whenSent(claim) {
        // A cancelled call gets no response, so nothing of it counts as delivered.
        if (extra.signal.aborted) return claim.dropped();
        claims.set(extra.requestId, claim);
        extra.signal.addEventListener('abort', () => endClaim(claims, extra.requestId, 'dropped'));
      },
    });
  });
  server.onerror = (error) => process.stderr.write(`MCP: ${error.message}\n`);
  await server.connect(endingClaims(transport, claims));
  return server;
}

/** Returns a function that numbers and sends progress notifications; it does nothing without a token. */
function progressSender({ _meta, sendNotification }: CallExtra): (message: string) => void {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let progress = 0;
  return (message) => {
    progress += 1;
    const params = { progressToken, progress, message };
    void sendNotification({ method: 'notifications/progress', params }).catch(() => {});
  };
}

/** Marks `approve_permission` where only the user may grant: Claude Code then asks its user each time. */
function listedTool(tool: (typeof listed)[number], approvals: Config['approvals']) {
  const isForUser = approvals === 'human' && tool.name === 'approve_permission';
  return {
    ...tool,
    // TypeScript reads a literal of a JSON file as `string`; the root of every schema is an object.
    inputSchema: tool.inputSchema as { type: 'object' },
    ...(isForUser ? { _meta: { 'anthropic/requiresUserInteraction': true } } : {}),
  };
}

/** Makes the transport end the claim of each result that it writes or fails to write. */
function endingClaims(transport: Transport, claims: OpenClaims): Transport {
  const send = transport.send.bind(transport);
  transport.send = async (message, options) => {
    const id = 'id' in message && !('method' in message) ? message.id : undefined;
    try {
      await send(message, options);
      if (id !== undefined) endClaim(claims, id, 'delivered');
    } catch (error) {
      if (id !== undefined) endClaim(claims, id, 'dropped');
      throw error;
    }
  };
  return transport;
}

function endClaim(claims: OpenClaims, id: RequestId, how: keyof Claim): void {
  claims.get(id)?.[how]();
  claims.delete(id);
}
