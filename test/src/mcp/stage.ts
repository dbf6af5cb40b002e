import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { onTestFinished } from 'vitest';
import type { Manager } from '../../../src/manager/manager.ts';
import { createCallTool } from '../../../src/mcp/call-tool.ts';
import { serve } from '../../../src/mcp/server.ts';

/** Builds a manager with the methods that a test gives; every other method rejects. */
export function fakeManager(parts: Partial<Manager>): Manager {
  const refuse = () => Promise.reject(new Error('This test has no such method.'));
  return {
    ...{ wait: refuse, spawn: refuse, resume: refuse, approve: refuse, stop: refuse },
    ...{ list: refuse, close: refuse, ...parts },
  } as Manager;
}

type Message = Parameters<InMemoryTransport['send']>[0];

export interface StageInput {
  manager?: Partial<Manager>;
  name?: string;
  approvals?: 'caller' | 'human';
  /** Called before the server sends a result; it can delay the result, or throw. */
  beforeSend?: (message: Message) => Promise<void>;
  onListed?: () => void;
}

/** Connects a real MCP client to a server, over a transport inside this process. */
export async function connect(input: StageInput = {}): Promise<Client> {
  const { manager = {}, name = 'claude-code', approvals = 'caller', beforeSend } = input;
  const { onListed = () => {} } = input;
  const [near, far] = InMemoryTransport.createLinkedPair();
  const send = far.send.bind(far);
  far.send = async (message, options) => {
    if ('result' in message && 'content' in message.result) await beforeSend?.(message);
    return send(message, options);
  };
  const callTool = createCallTool(fakeManager(manager));
  await serve(far, { version: '1.2.3', approvals, callTool: async () => callTool, onListed });
  const client = new Client({ name, version: '1.0.0' });
  await client.connect(near);
  onTestFinished(() => client.close());
  return client;
}

/** Calls a tool and returns the whole result. */
// biome-ignore lint/suspicious/noExplicitAny: tests read results as a client does, by name
export async function call(client: Client, tool: string, args: object = {}): Promise<any> {
  return client.callTool({ name: tool, arguments: { ...args } });
}
