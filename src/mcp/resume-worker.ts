import * as z from 'zod';
import { defineTool } from './tool.ts';

export const resumeWorker = defineTool({
  name: 'resume_worker',
  title: 'Resume worker',
  description: `Continues the conversation of a completed or failed worker: the worker remembers everything it has said and done. Returns at once; call wait for the result. Also works for workers of earlier sessions.`,
  schema: z.strictObject({
    worker_id: z.string(),
    prompt: z.string().refine((text) => text.trim() !== '', 'not empty'),
  }),
  annotations: { destructiveHint: true, openWorldHint: true },
  handle: ({ worker_id, prompt }, { manager }) => manager.resume(worker_id, prompt),
});
