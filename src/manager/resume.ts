import type { EffectiveOptions } from '../config/options.ts';
import { ManagerError } from '../errors.ts';
import { stateText } from '../journal/state-text.ts';
import { modelOfFollowUp } from '../models/follow-up.ts';
import type { WorkerActor } from '../workers/worker-actor.ts';
import type { Services } from './services.ts';
import { promptProblem } from './spawn-checks.ts';

export interface ResumeResult {
  worker_id: string;
  status: 'resumed';
  /** Why the conversation continues with another model. */
  note?: string;
}

/**
 * Sends a prompt to a settled worker, as the next turn of its session.
 * @throws ManagerError `wrong_state` when the worker still works or its session is lost, and
 *   `invalid_input` for a prompt that would begin another session.
 */
export async function resumeWorker(
  services: Services,
  worker_id: string,
  text: string,
): Promise<ResumeResult> {
  const { workers, directory, askModel, newId } = services;
  const problem = promptProblem(text);
  if (problem !== undefined) throw new ManagerError('invalid_input', problem);
  const { context } = (await directory.getOrAdopt(worker_id)).getSnapshot();
  const { spec } = context;
  // Validated when the worker was spawned; the journal keeps them as they were.
  const subject = { ...spec, options: spec.options as EffectiveOptions };
  const model = await modelOfFollowUp(context, askModel(subject));
  // The worker may have been parked while `claude` was asked, so its actor is looked up again.
  const actor = await directory.getOrAdopt(worker_id);
  const prompt = { id: newId(), text };
  const event = { type: 'RESUME', prompt, ...(model !== undefined && { model }) } as const;
  if (!actor.getSnapshot().can(event)) {
    workers.parkIfDone(worker_id);
    throw cannotResume(worker_id, actor);
  }
  actor.send(event);
  await directory.recorded(worker_id);
  if (model === undefined) return { worker_id, status: 'resumed' };
  const note = `The API does not have model ${context.model} any more, so the conversation goes on with ${model}.`;
  return { worker_id, status: 'resumed', note };
}

function cannotResume(worker_id: string, actor: WorkerActor): ManagerError {
  const snapshot = actor.getSnapshot();
  const message = snapshot.hasTag('settled')
    ? `The session of worker ${worker_id} is lost, so it cannot be resumed; start a new one with spawn_worker.`
    : `Worker ${worker_id} is ${stateText(snapshot.value)}; resume_worker needs a completed or failed worker. Use wait or stop_worker first.`;
  return new ManagerError('wrong_state', message);
}
