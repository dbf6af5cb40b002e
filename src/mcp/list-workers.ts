import * as z from 'zod';
import { defineTool } from './tool.ts';

export const listWorkers = defineTool({
  name: 'list_workers',
  title: 'List workers',
  description: `Returns one short row for each worker: state, seconds in it, last activity, cost, path of its conversation file. Use wait, not this tool, to learn when workers are done.`,
  schema: z.strictObject({
    status: z
      .enum([
        'spawning',
        'running',
        'awaiting_permission',
        'stopping',
        'completed',
        'failed',
        'resumed',
      ])
      .optional(),
  }),
  annotations: { readOnlyHint: true },
  handle: ({ status }, { manager }) => manager.list(status),
});
