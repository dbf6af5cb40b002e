import * as z from 'zod';
import { defineTool } from './tool.ts';

/** Clients other than Claude Code cancel a call after 60 s. */
const otherClientsSeconds = 50;

export const wait = defineTool({
  name: 'wait',
  title: 'Wait for workers',
  description: `Returns when all workers are settled, or as soon as one needs a permission. Each settled worker is reported once: completed and failed give the path of a JSON file with the whole conversation; read the parts that you need, e.g. jq -r .result FILE. For each of pending_permissions decide, or ask the user, then call approve_permission and wait again. mode "any" returns when one worker is settled. A time-out is a normal result that lists what is running. Cancelling a wait does not touch the workers.`,
  schema: z.strictObject({
    worker_ids: z.array(z.string()).min(1).optional().describe('Left out: all workers'),
    mode: z.enum(['all', 'any']).optional().describe('Default: all'),
    timeout_seconds: z.number().min(0).max(86_400).optional(),
  }),
  annotations: { readOnlyHint: true },
  async handle(args, { manager, signal, clientName, progress, whenSent }) {
    const limit = clientName === 'claude-code' ? undefined : otherClientsSeconds;
    const { result, ...claim } = await manager.wait({
      worker_ids: args.worker_ids,
      mode: args.mode,
      timeout_seconds: args.timeout_seconds ?? limit,
      signal,
      onProgress: progress,
    });
    whenSent(claim);
    return result;
  },
});
