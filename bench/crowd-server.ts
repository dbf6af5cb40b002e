import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import packageJson from '../package.json' with { type: 'json' };
import { createCallTool } from '../src/mcp/call-tool.ts';
import { serve } from '../src/mcp/server.ts';
import { withCrowd } from './crowd-manager.ts';

/**
 * A server whose workers are stand-ins. The arguments are the number of workers that run before it
 * serves, and the number that can be spawned later.
 */
const [live = 0, more = 0] = process.argv.slice(2).map(Number);
await withCrowd(live + more, async ({ manager, until }) => {
  for (let count = 0; count < live; count += 1) {
    await manager.spawn({ description: 'Look into it', prompt: `Look into part ${count}.` });
  }
  await until('running', live);
  const callTool = createCallTool(manager);
  const server = await serve(new StdioServerTransport(), {
    version: packageJson.version,
    approvals: 'caller',
    callTool: async () => callTool,
  });
  await new Promise<void>((resolve) => {
    process.stdin.once('end', resolve);
    server.onclose = resolve;
  });
});
process.exit(0);
