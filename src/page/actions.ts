import * as z from 'zod';
import type { PermissionAnswer } from '../../machines/worker.ts';
import type { Manager } from '../manager/manager.ts';
import type { PermissionBody, ResumeBody } from '../projection/contract.ts';
import { inputHash } from '../projection/fold.ts';
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

/** Answers a permission request, if the page showed exactly the input that is open now. */
export function answerPermission(
  manager: Manager,
  request_id: string,
  { decision, input_sha256, ...rest }: z.infer<typeof permissionBody>,
): Promise<object> {
  const answer: PermissionAnswer = { request_id, allow: decision === 'allow', ...rest };
  return manager.approve(answer, 'page', ({ input }) => {
    if (inputHash(input) === input_sha256) return;
    throw new HttpError(
      409,
      `Permission request ${request_id} is not what the page showed; look at it again before you answer.`,
    );
  });
}
