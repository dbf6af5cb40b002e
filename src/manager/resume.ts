import type { WorkerContext } from '../../machines/worker.ts';
import type { EffectiveOptions } from '../config/options.ts';
import { ManagerError } from '../errors.ts';
import { stateText } from '../journal/state-text.ts';
import { modelOfFollowUp } from '../models/follow-up.ts';
import type { WorkerActor } from '../workers/worker-actor.ts';
import type { Services } from './services.ts';
import { lookAtSession } from './session.ts';
import { promptProblem } from './spawn-checks.ts';

export interface ResumeResult {
  worker_id: string;
  status: 'resumed';
  /** Why the conversation continues with another model, or without some options. */
  note?: string;
}

/**
 * Sends a prompt to a settled worker, as the next turn of its session.
 * @throws ManagerError `wrong_state` when the worker still works, or its session is lost or in use, and
 *   `invalid_input` for a prompt that would begin another session.
 */
export async function resumeWorker(
  services: Services,
  worker_id: string,
  text: string,
): Promise<ResumeResult> {
  const problem = promptProblem(text);
  if (problem !== undefined) throw new ManagerError('invalid_input', problem);
  const { context } = (await settledActor(services, worker_id)).getSnapshot();
  try {
    return await beginFollowUp(services, context, text);
  } catch (error) {
    services.workers.parkIfDone(worker_id);
    throw error;
  }
}

async function settledActor({ directory }: Services, worker_id: string): Promise<WorkerActor> {
  const actor = await directory.getOrAdopt(worker_id);
  if (!actor.getSnapshot().hasTag('settled')) throw cannotResume(worker_id, actor);
  return actor;
}

async function beginFollowUp(
  services: Services,
  context: WorkerContext,
  text: string,
): Promise<ResumeResult> {
  const { directory, adoption, askModel, newId } = services;
  const { spec } = context;
  const { worker_id } = spec;
  const { isFound } = await lookAtSession(services, context);
  // Validated when the worker was spawned; the journal keeps them as they were.
  const subject = { ...spec, options: spec.options as EffectiveOptions };
  const model = await modelOfFollowUp(context, askModel(subject));
  // The worker may have been parked meanwhile, so its actor is looked up again.
  const actor = await directory.getOrAdopt(worker_id);
  const event = {
    ...{ type: 'RESUME' as const, prompt: { id: newId(), text } },
    ...(model !== undefined && { model }),
    ...(isFound && { session_found: true as const }),
  };
  if (!actor.getSnapshot().can(event)) throw cannotResume(worker_id, actor);
  actor.send(event);
  await directory.recorded(worker_id);
  const notes = [modelNote(context.model, model), adoption.importNotes.get(worker_id)];
  adoption.importNotes.delete(worker_id);
  const note = notes.filter((one) => one !== undefined).join(' ');
  return { worker_id, status: 'resumed', ...(note === '' ? {} : { note }) };
}

const modelNote = (before: string | null, model: string | undefined): string | undefined =>
  model &&
  `The API does not have model ${before} any more, so the conversation goes on with ${model}.`;

function cannotResume(worker_id: string, actor: WorkerActor): ManagerError {
  const snapshot = actor.getSnapshot();
  const message = snapshot.hasTag('settled')
    ? `The session of worker ${worker_id} is lost: its file is not in the folder of claude; put it back there and call resume_worker again, or start a new worker with spawn_worker.`
    : `Worker ${worker_id} is ${stateText(snapshot.value)}; resume_worker needs a completed or failed worker. Use wait or stop_worker first.`;
  return new ManagerError('wrong_state', message);
}
