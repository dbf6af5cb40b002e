import * as z from 'zod';
import type { PermissionAnswer } from '../../machines/worker.ts';
import { defineTool } from './tool.ts';

export const approvePermission = defineTool({
  name: 'approve_permission',
  title: 'Answer a permission request',
  description: `Allows or denies one tool call that a worker asked for in wait. Read its whole input first: allowing it runs it on this machine. A denial's reason is told to the worker. An answer is final.`,
  schema: z.strictObject({
    request_id: z.string(),
    allow: z.boolean(),
    reason: z.string().optional().describe('For a denial: what to do instead'),
    remember: z
      .boolean()
      .optional()
      .describe('Allow the same without asking for the rest of the life of this worker'),
    updated_input: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Run the tool with this input instead'),
    answers: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('For AskUserQuestion: {question text: chosen label or free text}'),
  }),
  annotations: { destructiveHint: true, openWorldHint: true },
  // What was left out is absent, not undefined.
  handle: (answer, { manager }) => manager.approve(answer as PermissionAnswer, 'caller'),
});
