import type { PermissionAnswer, PermissionRequest } from '../../machines/worker.ts';
import { ManagerError } from '../errors.ts';
import { isUuid } from '../files/paths.ts';
import type { IndexedRequest, RequestStatus } from '../journal/request-index.ts';
import type { WorkerActor } from '../workers/worker-actor.ts';
import type { Fleet } from '../workers/workers.ts';

/**
 * The open request of this id and the worker that asked.
 * @throws ManagerError `unknown_request` that says what became of it.
 */
export function findRequest(
  fleet: Fleet,
  request_id: string,
): { actor: WorkerActor; request: PermissionRequest } {
  const indexed = fleet.requestIndex.find(request_id);
  const actor = indexed && fleet.worker(indexed.worker_id);
  const { requests } = actor?.getSnapshot().context ?? { requests: [] };
  const request = requests.find((open) => open.request_id === request_id);
  if (actor && request) return { actor, request };
  throw new ManagerError('unknown_request', fateMessage(request_id, indexed));
}

/**
 * Checks that an answer fits the request it names.
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
  if (remember && request.suggestions.length === 0) {
    return `claude offers nothing to remember for this ${request.tool} call; answer without remember.`;
  }
  return undefined;
}

function fateMessage(request_id: string, indexed: IndexedRequest | undefined): string {
  if (!indexed) {
    const shown = isUuid(request_id) ? request_id : JSON.stringify(request_id.slice(0, 80));
    return `No permission request ${shown} is known here; wait shows the open ones.`;
  }
  const { worker_id } = indexed;
  const fates: Record<RequestStatus, string> = {
    open: `belongs to worker ${worker_id}, which is no longer there; wait shows the open ones`,
    allowed: `was already allowed; an answer cannot be changed`,
    denied: `was already denied; an answer cannot be changed`,
    withdrawn: `was withdrawn by worker ${worker_id} before it was answered; wait shows the open ones`,
    gone: `can no longer be answered: the turn of worker ${worker_id} has ended; wait shows how`,
  };
  return `Permission request ${request_id} ${fates[indexed.status]}.`;
}
