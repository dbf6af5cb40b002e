import { z } from 'zod';
import type { PermissionAnswer } from '../../machines/worker.ts';
import type { Manager } from '../manager.ts';
import { findRequest } from '../permission.ts';
import type { PermissionBody, ResumeBody } from './contract.ts';
import { inputHash } from './fold.ts';
import { HttpError } from './http-error.ts';

export const permissionBody = z.strictObject({
  decision: z.enum(['allow', 'deny']),
  input_sha256: z.string(),
  remember: z.boolean().exactOptional(),
  reason: z.string().exactOptional(),
  answers: z.record(z.string(), z.unknown()).exactOptional(),
}) satisfies z.ZodType<PermissionBody>;

export const resumeBody = z.strictObject({
  prompt: z.string().min(1),
}) satisfies z.ZodType<ResumeBody>;

export const stopBody = z.strictObject({});

/** Answers a permission request of which the page showed exactly what stands open now. */
export async function answerPermission(
  manager: Manager,
  request_id: string,
  body: z.infer<typeof permissionBody>,
): Promise<object> {
  const { request } = findRequest(manager.fleet, request_id);
  if (inputHash(request.input) !== body.input_sha256) {
    throw new HttpError(
      409,
      `Permission request ${request_id} is not what the page showed; look at it again before you answer.`,
    );
  }
  const { decision, input_sha256: _, ...rest } = body;
  const answer: PermissionAnswer = { request_id, allow: decision === 'allow', ...rest };
  return manager.approve(answer, 'page');
}
