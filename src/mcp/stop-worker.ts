import * as z from 'zod';
import { defineTool } from './tool.ts';

export const stopWorker = defineTool({
  name: 'stop_worker',
  title: 'Stop workers',
  description: `Ends workers with all their processes and returns when the processes are gone. A stopped worker counts as failed with reason "stopped" and can be resumed.`,
  schema: z.strictObject({ worker_ids: z.array(z.string()).min(1) }),
  annotations: { destructiveHint: true },
  handle: ({ worker_ids }, { manager }) => manager.stop(worker_ids),
});
