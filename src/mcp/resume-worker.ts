import * as z from 'zod';
import { defineTool } from './tool.ts';

export const resumeWorker = defineTool({
  name: 'resume_worker',
  title: 'Resume worker',
  description: `Goes on with the conversation of a completed or failed worker: it remembers everything it has said and done. Returns at once; call wait for the answer. Works for workers of earlier sessions too.`,
  schema: z.strictObject({
    worker_id: z.string(),
    prompt: z.string().refine((text) => text.trim() !== '', 'must not be empty'),
  }),
  annotations: { destructiveHint: true, openWorldHint: true },
  handle: ({ worker_id, prompt }, { manager }) => manager.resume(worker_id, prompt),
});
