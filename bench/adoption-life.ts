import { createActor } from 'xstate';
import { supervisorMachine } from '../machines/supervisor.ts';
import { type WorkerEvent, type WorkerSpec, workerMachine } from '../machines/worker.ts';
import type { JournalRecord } from '../src/journal/journal.ts';
import { createRecorder } from '../src/journal/recorder.ts';
import type { WorkerActor } from '../src/workers/worker-actor.ts';

/** The state of a worker at the death of its server. */
export type Stop = 'running' | 'undelivered' | 'delivered';

/** The files of a worker, with `id` instead of its id. */
export interface Life {
  id: string;
  journal: string;
  stdout: string;
}

/** One message per line of stdout. Its 10 KB are between an answer and a tool result. */
const messages = 1_000;
const lineBytes = 10_000;

const id = '00000000-0000-4000-8000-000000000000';
const model = 'claude-opus-4-6';
/** The kernel never assigns process ids above this one. */
export const gone = { pid: 2 ** 22 + 1, start_time: '1' };

const spec: WorkerSpec = {
  worker_id: id,
  session_id: id,
  description: 'Look into it',
  agent_type: null,
  cwd: '/project',
  time_limit_seconds: null,
  options: {},
};

/** Returns the files of a worker with 10 MB of output. The recorder and the real machine make its journal. */
export function liveUntil(stop: Stop): Life {
  const lines: string[] = [];
  let offset = 0;
  const write = (line: object) => {
    const text = `${JSON.stringify(line)}\n`;
    lines.push(text);
    offset += text.length;
  };
  const records = recordsOf(eventsOf(stop, write, () => offset));
  const journal = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  return { id, journal, stdout: lines.join('') };
}

function* eventsOf(stop: Stop, write: (line: object) => void, offset: () => number) {
  yield { type: 'PROCESS_STARTED', ...gone, offset: 0 } satisfies WorkerEvent;
  yield { type: 'INITIALIZED', agents: ['Explore', 'Plan'], offset: 0 } satisfies WorkerEvent;
  yield { type: 'PROMPT_ACCEPTED', prompt_id: id, offset: 0 } satisfies WorkerEvent;
  yield { type: 'TURN_OPENED', model, offset: 0 } satisfies WorkerEvent;
  for (let count = 0; count < messages; count += 1) {
    yield messageSeen(count, write, offset);
    if (count % 200 === 0) yield* permission(count, offset);
  }
  if (stop === 'running') return;
  write({ type: 'result', subtype: 'success', result: 'Done.', user_message_uuids: [id] });
  yield resultAt(offset());
  yield { type: 'DRAFTED', sha256: '0'.repeat(64) } satisfies WorkerEvent;
  yield { type: 'SAVED', turn: 1, sha256: '0'.repeat(64) } satisfies WorkerEvent;
  const hint = 'claude ended by itself.';
  yield { type: 'EXITED', reason: 'crashed', hint, returncode: 0 } satisfies WorkerEvent;
  if (stop === 'delivered') yield { type: 'DELIVERED' } satisfies WorkerEvent;
}

/** Returns answers and tool results alternately. */
function messageSeen(count: number, write: (line: object) => void, offset: () => number) {
  const isOwn = count % 2 === 0;
  const role = isOwn ? 'assistant' : 'user';
  const text = `Part ${count}: "${role}" says what it found in src/file-${count}.ts. `;
  const content = [{ type: 'text', text: text.padEnd(lineBytes - 120, 'x') }];
  write({ type: role, message: { role, content, ...(isOwn ? { model } : {}) } });
  return {
    ...{ type: 'MESSAGE_SEEN', role, brief: text.padEnd(120, 'x'), model: isOwn ? model : null },
    offset: offset(),
  } satisfies WorkerEvent;
}

function* permission(count: number, offset: () => number) {
  const ids = { request_id: `request-${count}`, cli_id: `cli-${count}` };
  const request = { ...ids, tool: 'Bash', input: { command: 'npm test' }, suggestions: [] };
  yield { type: 'PERMISSION_ASKED', request, offset: offset() } satisfies WorkerEvent;
  const answer = { request_id: ids.request_id, allow: true };
  yield { type: 'ANSWER_PERMISSION', answer, source: 'caller' } satisfies WorkerEvent;
  const { cli_id } = ids;
  yield { type: 'ANSWER_ACKNOWLEDGED', cli_id, offset: offset() } satisfies WorkerEvent;
}

function resultAt(offset: number): WorkerEvent {
  const cost = { total_cost_usd: 12, cost_usd: 12, num_turns: messages, duration_ms: 900_000 };
  const usage = { input_tokens: 24_000, output_tokens: 14_000 };
  const result = { failure: null, has_object: false, prompt_ids: [id], ...cost, usage };
  return { type: 'RESULT_SEEN', result, offset };
}

function recordsOf(events: Iterable<WorkerEvent>): JournalRecord[] {
  const records: JournalRecord[] = [];
  const inspect = createRecorder({
    now: Date.now,
    workerOf: () => id,
    recordsOf: () => 0,
    onRecord: (record) => records.push(record),
    warn: (message) => process.stderr.write(`${message}\n`),
  });
  const machine = supervisorMachine.provide({ actors: { worker: workerMachine } });
  const supervisor = createActor(machine, {
    ...{ systemId: 'supervisor', input: { slots: 1 }, inspect },
  }).start();
  const actor_id = '0';
  const input = { spec, prompt: { id, text: 'Look into it.' } };
  supervisor.send({ type: 'SPAWN', worker_id: id, actor_id, input });
  // All children of the supervisor have the logic that is provided above.
  const actor = supervisor.getSnapshot().children[actor_id] as WorkerActor;
  for (const event of events) actor.send(event);
  supervisor.stop();
  return records;
}
