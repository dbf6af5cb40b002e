import * as z from 'zod';
import { argument, optionsSchema } from '../config/options.ts';
import { defineTool } from './tool.ts';

export const spawnWorker = defineTool({
  name: 'spawn_worker',
  title: 'Spawn worker',
  description: `Starts another Claude on a task and returns at once with its worker_id. Spawn several, then call wait. The worker sees only the prompt, not this conversation, so write everything it needs into the prompt. It works in the project's folder and asks before it does anything that its permissions do not cover; wait shows these requests. When all slots are taken, a new worker is queued.`,
  schema: z.strictObject({
    description: z.string().trim().min(1).describe('The task in 3 to 5 words'),
    prompt: z.string().refine((text) => text.trim() !== '', 'not empty'),
    agent_type: argument.optional().describe('Such as general-purpose, Explore, Plan'),
    options: optionsSchema.optional().describe('An option left out has the default of this server'),
  }),
  annotations: { destructiveHint: true, openWorldHint: true },
  handle: (input, { manager }) => manager.spawn(input),
});
