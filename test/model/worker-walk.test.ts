import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PermissionRequest, WorkerEvent } from '../../machines/worker.ts';
import {
  answer,
  asked,
  newWorker,
  running,
  type Sent,
  step,
  type WorkerSnapshot,
} from '../machines/worker-fixtures.ts';
import { eventsFor } from '../machines/worker-situations.ts';

const cliIds = ['cli-1', 'cli-2'];

/** What a walk remembers, to hold the machine's commands against it. */
interface Walk {
  worker: WorkerSnapshot;
  /** The request that claude asked last under each of its own ids. */
  standing: Map<string, PermissionRequest>;
  /** What was decided, by our own id. */
  decided: Map<string, boolean>;
}

/** Requests of a new number each, answers to those that are open, and all other events. */
function eventsOf({ worker }: Walk, number: number): WorkerEvent[] {
  const asking = cliIds.map((cli_id) => asked(cli_id, { request_id: `${cli_id}/${number}` }));
  const answers = worker.context.requests.flatMap(({ cli_id, request_id }) =>
    [true, false].map((allow) => answer(cli_id, { request_id, allow })),
  );
  // A request of its own id is among those above.
  const { PERMISSION_ASKED: _, ...others } = eventsFor(worker);
  const told = [...asking, ...answers, others.ADOPT];
  // Most of the other events end the turn, so these have to come more often to meet each other.
  return [...told, ...told, ...told, ...Object.values(others)];
}

function walk(given: Walk, event: WorkerEvent): void {
  const isTaken = given.worker.can(event);
  if (event.type === 'PERMISSION_ASKED') given.standing.set(event.request.cli_id, event.request);
  if (event.type === 'ANSWER_PERMISSION' && isTaken) {
    const { request_id, allow } = event.answer;
    expect(given.decided.has(request_id), `${request_id} is answered once`).toBe(false);
    given.decided.set(request_id, allow);
  }
  const { next, commands } = step(given.worker, event);
  given.worker = next;
  for (const command of commands) checkAnswer(given, command);
}

/** Only what was decided is allowed, and only while claude means that very request by its id. */
function checkAnswer({ standing, decided }: Walk, command: Sent): void {
  if (command.type !== 'SEND_ANSWER' || !command.answer.allow) return;
  const { request } = command;
  expect(decided.get(request.request_id)).toBe(true);
  expect(standing.get(request.cli_id)?.request_id).toBe(request.request_id);
}

describe('On any walk through the worker chart', () => {
  it('nothing is allowed but what was decided, and no request is decided twice', () => {
    const walks = fc.array(fc.nat(), { maxLength: 80, size: 'max' });
    fc.assert(
      fc.property(walks, (picks) => {
        const given: Walk = { worker: newWorker(), standing: new Map(), decided: new Map() };
        for (const event of running) walk(given, event);
        picks.forEach((pick, number) => {
          const events = eventsOf(given, number);
          const start = pick % events.length;
          const next = [...events.slice(start), ...events.slice(0, start)];
          const event = next.find((candidate) => given.worker.can(candidate));
          if (event) walk(given, event);
        });
      }),
      { numRuns: 100 },
    );
  });
});
