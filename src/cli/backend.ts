import { randomUUID } from 'node:crypto';
import { launchDetached } from '../claude/launch.ts';
import { withVersionCheck } from '../claude/version.ts';
import type { Config } from '../config/config.ts';
import { createManager, type Manager } from '../manager/manager.ts';
import { type CallTool, createCallTool } from '../mcp/call-tool.ts';

/** Everything behind the protocol, in one module, so that it can be loaded late. */
export interface Backend {
  manager: Manager;
  callTool: CallTool;
}

/** Creates the backend. `readingThread` is the module that its threads run to read workers. */
export function createBackend(config: Config, readingThread: URL): Backend {
  const manager = createManager({
    config,
    env: process.env,
    launch: withVersionCheck(launchDetached),
    now: Date.now,
    newId: randomUUID,
    warn: (message) => process.stderr.write(`${message}\n`),
    readingThread,
  });
  return { manager, callTool: createCallTool(manager) };
}
