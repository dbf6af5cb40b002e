import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const version = '2025-06-18';
const clientInfo = { name: 'bench', version: '1.0.0' };

/** A server that has answered `tools/list`, and a client that needs almost no time. */
export async function startServer(script: string, cwd: string) {
  const child = startNode([script], cwd);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const send = (message: object) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const ask = async (id: number, method: string, params: object, expected: string) => {
    send({ id, method, params });
    const { value } = await lines.next();
    if (!String(value).includes(expected)) throw new Error(`${method}: ${value}`);
  };
  const params = { protocolVersion: version, capabilities: {}, clientInfo };
  await ask(1, 'initialize', params, '"serverInfo"');
  send({ method: 'notifications/initialized' });
  await ask(2, 'tools/list', {}, '"tools":[{');
  return {
    pid: child.pid,
    call: (name: string) => ask(3, 'tools/call', { name, arguments: {} }, '"content"'),
    async close() {
      child.stdin.end();
      await gone(child);
    },
  };
}

/** Node with an empty environment, so that no setting of the machine matters. */
export function startNode(args: string[], cwd: string) {
  const env = { PATH: process.env.PATH, HOME: cwd };
  return spawn(process.execPath, args, { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Resolves when a process has exited and its pipes are closed. */
export function gone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('close', () => resolve()));
}
