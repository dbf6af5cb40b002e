import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type SupervisorEvent, supervisorMachine } from '../../machines/supervisor.ts';
import { type WorkerEvent, workerMachine } from '../../machines/worker.ts';
import { codeIn, firstCells, rowsOf, section, textOf } from './documents.ts';

const page = 'docs/files.md';
const ofWorker = section(page, '### The events of a worker');
const ofSupervisor = section(page, '### The events of the supervisor');

/** The names of the fields of each event, which the types keep whole. */
type Fields<Event extends { type: string }> = {
  [Type in Event['type'] as string extends Type ? never : Type]: Record<
    Exclude<KeysOf<Extract<Event, { type: Type }>>, 'type' | 'offset'>,
    true
  >;
};
type KeysOf<Event> = Event extends unknown ? keyof Event : never;

const failure = { reason: true, hint: true, returncode: true } as const;

const workerFields: Fields<WorkerEvent> = {
  SLOT: {},
  RESUME: { prompt: true, model: true, session_found: true },
  STOP: { reason: true },
  ANSWER_PERMISSION: { answer: true, source: true },
  RELEASE: {},
  ADOPT: { owner: true },
  PROCESS_STARTED: {
    ...{ pid: true, start_time: true, host: true, boot_id: true, pid_namespace: true },
    ...{ stderr_offset: true, inodes: true, standby: true },
  },
  ATTACHED: {},
  INITIALIZED: { agents: true, models: true },
  START_FAILED: failure,
  PROMPT_ACCEPTED: { prompt_id: true },
  TURN_OPENED: {
    ...{ model: true, counts_by_process: true },
    ...{ session_id: true, permission_mode: true, cwd: true },
  },
  SET_UP_CHANGED: { session_id: true, permission_mode: true, worktree: true },
  MESSAGE_SEEN: { role: true, brief: true, model: true },
  API_RETRIED: { status: true, attempt: true, error: true },
  PERMISSION_ASKED: { request: true },
  PERMISSION_WITHDRAWN: { cli_id: true },
  ANSWER_ACKNOWLEDGED: { cli_id: true },
  CONTROL_ASKED: { cli_id: true, subtype: true },
  RESULT_SEEN: { result: true },
  EXITED: { session_exists: true, ...failure },
  IMPORTED: { turns: true, failure: true, model: true, totals: true },
  SESSION_CHANGED: { state: true },
  TASKS_CHANGED: { tasks: true },
  TASK_ENDED: { id: true, status: true },
  TASKS_TOLD: {},
  STORAGE_FAILED: { hint: true },
  DRAFTED: { sha256: true },
  SAVED: { turn: true, sha256: true, warning: true },
  SAVE_FAILED: { turn: true, hint: true },
  DELIVERED: { turn: true },
  TIME_LIMIT_REACHED: {},
  REPLY_OVERDUE: {},
};

const supervisorFields: Fields<SupervisorEvent> = {
  SPAWN: { worker_id: true, actor_id: true, input: true },
  REMOVE: { worker_id: true },
  SLOT_WANTED: { worker_id: true },
  SLOT_FREED: { worker_id: true },
  SLOT_KEPT: { worker_id: true },
  DRAIN: {},
};

/** The fields of each event in a table. */
const described = (table: string): Record<string, string[]> =>
  Object.fromEntries(
    rowsOf(table).flatMap(([types = '', fields = '']) =>
      codeIn(types).map((type) => [type, codeIn(fields)] as const),
    ),
  );

/** Every record of the recorded workers. */
const records = readdirSync('test/golden', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('journal.ndjson'))
  .flatMap((path) => textOf(`test/golden/${path}`).trimEnd().split('\n'))
  .map((line) => JSON.parse(line));

describe('The table of events', () => {
  it('has every event of a worker: those of its chart, its first record, and a fact that is only noted', () => {
    expect(firstCells(ofWorker).toSorted()).toEqual(
      ['SPAWNED', 'API_RETRIED', ...workerMachine.events].toSorted(),
    );
  });

  it('has every event of the supervisor', () => {
    expect(firstCells(ofSupervisor).toSorted()).toEqual([...supervisorMachine.events].toSorted());
  });

  it.each([
    ['a worker', ofWorker, workerFields],
    ['the supervisor', ofSupervisor, supervisorFields],
  ])('has every field of the events of %s', (_, table, fields) => {
    const known = Object.entries<object>(fields).map(([type, names]) => [type, Object.keys(names)]);
    expect(described(table)).toMatchObject(Object.fromEntries(known));
  });

  it('has every event and field of recorded workers', () => {
    expect(records.length).toBeGreaterThan(300);
    const table: Record<string, string[]> = { ...described(ofWorker), START_OVERDUE: [] };
    const unknown = records
      .map(({ event: { type, ...fields } }) => ({ type, names: Object.keys(fields) }))
      .filter(({ type, names }) => names.some((name) => !table[type]?.includes(name)));
    expect(unknown).toEqual([]);
    expect(records.filter(({ event }) => !(event.type in table))).toEqual([]);
    expect(ofWorker).toContain('`START_OVERDUE`');
  });
});

it('every field of a record is described', () => {
  const [, body = ''] =
    /^export interface JournalRecord \{\n(.*?)^\}/ms.exec(textOf('src/journal/journal.ts')) ?? [];
  const fields = Array.from(body.matchAll(/^ {2}(\w+)\??:/gm), ([, name = '']) => name);
  expect(fields).toContain('seq');
  expect(firstCells(section(page, '### A record')).toSorted()).toEqual(fields.toSorted());
});
