import type { BackgroundTask, WorkerOutput } from '../../machines/worker.ts';
import { beginningOf } from '../text/cut.ts';
import { asList, asObject, asText, type Json, visible } from './message.ts';

/** Decodes a system line about the session, or about the work in the background. */
export function backgroundFact(message: Json): WorkerOutput | undefined {
  switch (message.subtype) {
    case 'session_state_changed':
      return sessionFact(message);
    case 'background_tasks_changed':
      return { type: 'TASKS_CHANGED', tasks: tasksIn(message) };
    case 'task_notification':
      return taskFact(message);
    default:
      return undefined;
  }
}

/** The longest description of a task, and the longest other word, in characters. */
const [descriptionLength, wordLength] = [120, 300];

function sessionFact({ state }: Json): WorkerOutput | undefined {
  const isKnown = state === 'idle' || state === 'running' || state === 'requires_action';
  return isKnown ? { type: 'SESSION_CHANGED', state } : undefined;
}

/** Returns all tasks in the background: each line has the complete list. */
function tasksIn({ tasks }: Json): BackgroundTask[] {
  return asList(tasks)
    .map(asObject)
    .filter((task) => task !== undefined)
    .map(({ task_id, task_type, description }) => ({
      id: asText(task_id) ?? '',
      type: beginningOf(asText(task_type) ?? '', wordLength),
      description: visible(beginningOf(asText(description) ?? '', descriptionLength)),
    }));
}

/** Decodes the echo with which the model is told of ended tasks inside a turn. */
export function toldFact({ message }: Json): WorkerOutput | undefined {
  const content = asObject(message)?.content;
  const text = asText(content) ?? asText(asObject(asList(content)[0])?.text);
  return text?.startsWith('<task-notification>') ? { type: 'TASKS_TOLD' } : undefined;
}

function taskFact({ task_id, status }: Json): WorkerOutput | undefined {
  const id = asText(task_id);
  if (id === undefined) return undefined;
  return { type: 'TASK_ENDED', id, status: beginningOf(asText(status) ?? '', wordLength) };
}
