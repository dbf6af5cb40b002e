import * as z from 'zod';
import type { PermissionAnswer } from '../../machines/worker.ts';
import { defineTool } from './tool.ts';

export const approvePermission = defineTool({
  name: 'approve_permission',
  title: 'Answer a permission request',
  description: `Allows or denies one tool call of a worker, which wait shows in pending_permissions. Read its whole input first: allowing it runs it on this machine. The worker gets the reason of a denial. An answer is final.`,
  schema: z.strictObject({
    request_id: z.string(),
    allow: z.boolean(),
    reason: z.string().optional().describe('For a denial: what to do instead'),
    remember: z
      .boolean()
      .optional()
      .describe('From now on, allow such calls of this worker without asking'),
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
  // An optional argument that was left out is absent, not undefined.
  handle: (answer, { manager }) => manager.approve(answer as PermissionAnswer, 'caller'),
});
