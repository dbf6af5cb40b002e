import { randomUUID } from 'node:crypto';
import { launchDetached } from '../claude/launch.ts';
import type { Config } from '../config/config.ts';
import { createManager, type Manager } from '../manager/manager.ts';
import { type CallTool, createCallTool } from '../mcp/call-tool.ts';

/** All that stands behind the protocol, in one piece, so that it can be loaded in one and late. */
export interface Backend {
  manager: Manager;
  callTool: CallTool;
}

/** `readingThread` is what its threads run that read workers. */
export function createBackend(config: Config, readingThread: URL): Backend {
  const manager = createManager({
    config,
    env: process.env,
    launch: launchDetached,
    now: Date.now,
    newId: randomUUID,
    warn: (message) => process.stderr.write(`${message}\n`),
    readingThread,
  });
  return { manager, callTool: createCallTool(manager) };
}
