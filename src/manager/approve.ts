import { grantsOf, type PermissionAnswer, type PermissionRequest } from '../../machines/worker.ts';
import { ManagerError, serverEnds, tooDeep } from '../errors.ts';
import { isUuid } from '../files/paths.ts';
import type { IndexedRequest, RequestStatus } from '../journal/request-index.ts';
import { ruleTexts } from '../stream-json/permission-rules.ts';
import { beginningOf } from '../text/cut.ts';
import type { WorkerActor } from '../workers/worker-actor.ts';
import type { Workers } from '../workers/workers.ts';
import { grantedRules } from './granted-rules.ts';
import type { Services } from './services.ts';

export interface ApproveResult {
  request_id: string;
  worker_id: string;
  tool: string;
  decision: 'allow' | 'deny';
  /** The rules that hold for the worker from now on, with `remember`. */
  granted?: string[];
}

/**
 * Sends an answer to the worker that asked.
 * @param source Who answers: `caller` or `page`; the journal keeps it.
 * @param check Throws if the open request is not the request that the caller has seen.
 * @throws ManagerError `unknown_request`, or `invalid_input` when the answer does not fit.
 */
export async function approve(
  services: Services,
  answer: PermissionAnswer,
  source: string,
  check?: (request: PermissionRequest) => void,
): Promise<ApproveResult> {
  const { workers, adoption, directory, config, lifetime } = services;
  const { request_id, allow } = answer;
  if (config.depth > 0) throw tooDeep();
  await directory.ready();
  if (!workers.requestIndex.find(request_id)) await adoption.adoptAsker(request_id);
  const granted = answer.remember
    ? await grantedRules(findRequest(workers, request_id).request)
    : undefined;
  // From here to the answer nothing is waited for, so that of two answers only one is accepted.
  if (lifetime.isEnding) throw serverEnds();
  const { actor, request } = findRequest(workers, request_id);
  check?.(request);
  checkAnswer(request, answer);
  const decided = { ...answer, ...(granted && { granted }) };
  actor.send({ type: 'ANSWER_PERMISSION', answer: decided, source });
  const { worker_id } = actor.getSnapshot().context.spec;
  await directory.recorded(worker_id);
  return {
    ...{ request_id, worker_id, tool: request.tool, decision: allow ? 'allow' : 'deny' },
    ...(granted && { granted: ruleTexts(granted) }),
  };
}

/**
 * Finds the open request with this id, and its worker.
 * @throws ManagerError `unknown_request` that says what happened to the request.
 */
function findRequest(
  workers: Workers,
  request_id: string,
): { actor: WorkerActor; request: PermissionRequest } {
  const indexed = workers.requestIndex.find(request_id);
  const actor = indexed && workers.find(indexed.worker_id);
  const { requests } = actor?.getSnapshot().context ?? { requests: [] };
  const request = requests.find((open) => open.request_id === request_id);
  if (actor && request) return { actor, request };
  throw new ManagerError('unknown_request', explainStatus(request_id, indexed));
}

/**
 * Checks that an answer fits its request.
 * @throws ManagerError `invalid_input`.
 */
export function checkAnswer(request: PermissionRequest, answer: PermissionAnswer): void {
  const problem = problemWith(request, answer);
  if (problem !== undefined) throw new ManagerError('invalid_input', problem);
}

function problemWith(request: PermissionRequest, answer: PermissionAnswer): string | undefined {
  const { allow, remember, updated_input, answers, request_id } = answer;
  const isQuestion = request.tool === 'AskUserQuestion';
  if (!allow && (remember || updated_input || answers)) {
    return 'remember, updated_input and answers go with allow: true, found allow: false; leave them out to deny.';
  }
  if (answers && !isQuestion) {
    return `answers is for AskUserQuestion, but request ${request_id} is for ${request.tool}; use updated_input to change its input.`;
  }
  if (allow && isQuestion && !answers && !updated_input) {
    return 'AskUserQuestion needs answers: an object with the text of each question as key and the chosen label, or free text, as value.';
  }
  if (remember && updated_input) {
    return 'remember allows the input that was asked, found updated_input too; answer with only one of the two.';
  }
  if (remember && grantsOf(request).length === 0) {
    return `claude offers nothing to remember for this ${request.tool} call; answer without remember.`;
  }
  return undefined;
}

function explainStatus(request_id: string, indexed: IndexedRequest | undefined): string {
  if (!indexed) {
    const shown = isUuid(request_id) ? request_id : JSON.stringify(beginningOf(request_id, 80));
    return `No permission request ${shown} is known here; wait shows the open ones.`;
  }
  const { worker_id } = indexed;
  const statuses: Record<RequestStatus, string> = {
    open: `belongs to worker ${worker_id}, which is no longer there; wait shows the open ones`,
    allowed: `was already allowed; an answer cannot be changed`,
    denied: `was already denied; an answer cannot be changed`,
    withdrawn: `was withdrawn by worker ${worker_id} before it was answered; wait shows the open ones`,
    gone: `can no longer be answered: the process of worker ${worker_id} that asked has ended; wait shows how`,
  };
  return `Permission request ${request_id} ${statuses[indexed.status]}.`;
}
