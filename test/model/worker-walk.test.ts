import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PermissionRequest, WorkerEvent } from '../../machines/worker.ts';
import {
  newWorker,
  on,
  type SentCommand,
  step,
  until,
  type WorkerSnapshot,
} from '../machines/fixtures.ts';
import { eventsFor } from '../machines/worker-situations.ts';

const cliIds = ['cli-1', 'cli-2'];

/** The state of a walk, to check the machine's commands. */
interface Walk {
  worker: WorkerSnapshot;
  /** The last request of claude under each of its own ids. */
  latest: Map<string, PermissionRequest>;
  /** The decisions, by our own id. */
  decided: Map<string, boolean>;
}

/** Returns new requests, answers to the open requests, and all other events. */
function eventsOf({ worker }: Walk, number: number): WorkerEvent[] {
  const asking = cliIds.map((cli_id) => on.asked(cli_id, { request_id: `${cli_id}/${number}` }));
  const answers = worker.context.requests.flatMap(({ cli_id, request_id }) =>
    [true, false].map((allow) => on.answer(cli_id, { request_id, allow })),
  );
  // `asking` has the requests.
  const { PERMISSION_ASKED: _, ...others } = eventsFor(worker);
  const frequent = [...asking, ...answers, others.ADOPT];
  // Most other events end the turn, so requests and answers must be more frequent to meet each other.
  return [...frequent, ...frequent, ...frequent, ...Object.values(others)];
}

function walk(given: Walk, event: WorkerEvent): void {
  const isAccepted = given.worker.can(event);
  if (event.type === 'PERMISSION_ASKED') given.latest.set(event.request.cli_id, event.request);
  if (event.type === 'ANSWER_PERMISSION' && isAccepted) {
    const { request_id, allow } = event.answer;
    expect(given.decided.has(request_id), `${request_id} is answered once`).toBe(false);
    given.decided.set(request_id, allow);
  }
  const { next, commands } = step(given.worker, event);
  given.worker = next;
  for (const command of commands) checkAnswer(given, command);
}

/** Checks that an allowed request was decided so, and is still the latest request under its id. */
function checkAnswer({ latest, decided }: Walk, command: SentCommand): void {
  if (command.type !== 'SEND_ANSWER' || !command.answer.allow) return;
  const { request } = command;
  expect(decided.get(request.request_id)).toBe(true);
  expect(latest.get(request.cli_id)?.request_id).toBe(request.request_id);
}

describe('on any walk through the worker chart', () => {
  it('only decided requests are allowed, and no request is decided twice', () => {
    const walks = fc.array(fc.nat(), { maxLength: 80, size: 'max' });
    fc.assert(
      fc.property(walks, (picks) => {
        const given: Walk = { worker: newWorker(), latest: new Map(), decided: new Map() };
        for (const event of until.running) walk(given, event);
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
