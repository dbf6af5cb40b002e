import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Config } from '../config.ts';
import { ManagerError, messageOf } from '../errors.ts';
import type { Manager } from '../manager.ts';
import { approvePermission } from './approve-permission.ts';
import { listWorkers } from './list-workers.ts';
import { resumeWorker } from './resume-worker.ts';
import { spawnWorker } from './spawn-worker.ts';
import { stopWorker } from './stop-worker.ts';
import type { Call, Tool } from './tool.ts';
import { validate } from './validate.ts';
import { wait } from './wait.ts';

export const tools: Tool[] = [
  spawnWorker,
  wait,
  resumeWorker,
  approvePermission,
  stopWorker,
  listWorkers,
];

const instructions = `Runs many Claude workers at once. spawn_worker returns at once; wait tells which workers have finished and which need a permission; approve_permission answers; resume_worker goes on with the same conversation; stop_worker ends workers; list_workers shows them. Every conversation is a file: wait gives its path, not its text, so read only what you need (jq -r .result FILE). Typical: spawn several workers, then loop: wait, answer every pending permission, wait again, until nothing runs.`;

/** What runs after an answer was written, by the request it answers. */
type Hooks = Map<RequestId, { delivered(): void; dropped(): void }>;

/** Serves the tools over a transport. Resolves once the transport is open. */
export async function serve(
  manager: Manager,
  transport: Transport,
  { version, approvals }: { version: string; approvals: Config['approvals'] },
): Promise<Server> {
  const hooks: Hooks = new Map();
  const server = new Server(
    { name: 'async-worker-manager', version },
    { capabilities: { tools: {} }, instructions },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: tools.map((tool) => listed(tool, approvals)),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    const token = extra._meta?.progressToken;
    let progress = 0;
    return answer(tool, params.arguments, {
      manager,
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

/** A wrong call is an answer too, with `isError` and a sentence that says what to do. */
async function answer(tool: Tool, args: unknown, call: Call): Promise<CallToolResult> {
  try {
    const value = await tool.handle(validate(tool, args), call);
    // Claude Code shows the model the structured content only, other clients the text only.
    return {
      content: [{ type: 'text', text: JSON.stringify(value) }],
      structuredContent: { ...value },
    };
  } catch (error) {
    if (!(error instanceof ManagerError) && !call.signal.aborted) {
      process.stderr.write(`${tool.name}: ${error instanceof Error ? error.stack : error}\n`);
    }
    return { isError: true, content: [{ type: 'text', text: messageOf(error) }] };
  }
}

/** A tool as clients see it. Claude Code asks its user before every call of one with the marker. */
function listed(tool: Tool, approvals: Config['approvals']) {
  const { name, title, description, schema, annotations } = tool;
  const isForUser = approvals === 'human' && tool === approvePermission;
  // The schema's root is a plain object, as Claude Code wants it.
  const inputSchema = z.toJSONSchema(schema, { io: 'input' }) as { type: 'object' };
  return {
    ...{ name, title, description, inputSchema, annotations },
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
