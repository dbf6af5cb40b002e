import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replay } from '../../src/journal/replay.ts';
import { stateText } from '../../src/journal/state-text.ts';
import { type Answer, type Session, type Stage, setStage } from '../end-to-end/harness.ts';
import { endServer } from '../end-to-end/processes.ts';
import { scripted } from '../src/stage.ts';

/** How many workers the server runs at once. */
const slots = 2;

/** The prompts of the workers: complete, ask once or twice, fail, exit, or run until it is stopped. */
const prompts = {
  end: scripted({ say: 'Done.' }),
  ask: scripted({ ask: [{ tool: 'Bash', input: { command: 'one' } }] }),
  askTwice: scripted({ ask: [1, 2].map((n) => ({ tool: 'Bash', input: { command: `${n}` } })) }),
  fail: scripted({ result: { is_error: true, subtype: 'success', result: 'API Error: 400' } }),
  die: scripted({ exit: 9 }),
  hang: scripted({ hang: true }),
};

/** The next action of a caller. A number picks one of the workers or requests that it knows. */
const command = fc.oneof(
  fc.record({ do: fc.constant('spawn' as const), what: fc.constantFrom(...keysOf(prompts)) }),
  fc.record({
    do: fc.constant('resume' as const),
    pick: fc.nat(),
    what: fc.constantFrom(...keysOf(prompts)),
  }),
  fc.record({ do: fc.constant('approve' as const), pick: fc.nat(), allow: fc.boolean() }),
  fc.record({ do: fc.constant('stop' as const), pick: fc.nat() }),
  fc.record({ do: fc.constant('wait' as const), mode: fc.constantFrom('any', 'all') }),
  fc.record({ do: fc.constant('restart' as const), how: fc.constantFrom('SIGKILL', 'SIGTERM') }),
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

function keysOf<Key extends string>(record: Record<Key, unknown>): Key[] {
  // The object literal has exactly these keys.
  return Object.keys(record) as Key[];
}

/** The model of the server: everything that its caller has seen. */
interface Model {
  workers: string[];
  requests: string[];
  /** Answered requests: the server must refuse a second answer. */
  answered: Set<string>;
  /** Turns that the current server has delivered. */
  delivered: Set<string>;
  turns: Map<string, number>;
}

const picked = <Item>(list: Item[], pick: number): Item | undefined => list[pick % list.length];

/** Carries out one action of a caller, and checks the result. */
async function act(session: Session, model: Model, step: Command): Promise<void> {
  if (step.do === 'spawn') {
    const id = await session.spawn(prompts[step.what]);
    model.workers.push(id);
    model.turns.set(id, 1);
  }
  if (step.do === 'wait')
    take(await session.call('wait', { mode: step.mode, timeout_seconds: 1 }), model);
  if (step.do === 'approve') await approve(session, model, step.pick, step.allow);
  const worker_id = 'pick' in step ? picked(model.workers, step.pick) : undefined;
  if (worker_id === undefined) return;
  if (step.do === 'stop') {
    const result = await session.call('stop_worker', { worker_ids: [worker_id] });
    expect([...result.stopped, ...result.already_settled]).toEqual([worker_id]);
  }
  if (step.do === 'resume') {
    const args = { worker_id, prompt: prompts[step.what] };
    const [row] = await rowsOf(session, worker_id);
    const isSettled = /^(completed|failed)$/.test(row?.state ?? 'completed');
    const { isError } = await session.client.callTool({ name: 'resume_worker', arguments: args });
    // A worker can settle between the two calls, but a settled worker stays settled.
    if (isSettled) expect(isError ?? false).toBe(false);
    if (!isError) model.turns.set(worker_id, (model.turns.get(worker_id) ?? 0) + 1);
  }
}

async function rowsOf(session: Session, worker_id: string): Promise<Answer[]> {
  const { workers } = await session.call('list_workers');
  return workers.filter((row: Answer) => row.worker_id === worker_id);
}

function take({ completed, failed, pending_permissions }: Answer, model: Model): void {
  for (const { request_id } of pending_permissions) {
    expect(model.answered).not.toContain(request_id);
    if (!model.requests.includes(request_id)) model.requests.push(request_id);
  }
  for (const { worker_id } of [...completed, ...failed]) {
    const turn = `${worker_id} ${model.turns.get(worker_id)}`;
    expect(model.delivered).not.toContain(turn);
    model.delivered.add(turn);
  }
}

async function approve(
  session: Session,
  model: Model,
  pick: number,
  allow: boolean,
): Promise<void> {
  const request_id = picked(model.requests, pick);
  if (request_id === undefined) return;
  const args = { request_id, allow };
  const { isError } = await session.client.callTool({
    name: 'approve_permission',
    arguments: args,
  });
  if (model.answered.has(request_id)) expect(isError).toBe(true);
  if (!isError) model.answered.add(request_id);
}

/** Checks that no more workers are busy than there are slots. */
async function checkSlots(session: Session): Promise<void> {
  const { workers } = await session.call('list_workers');
  const count = (pattern: RegExp) =>
    workers.filter(({ state }: Answer) => pattern.test(state)).length;
  const busy = count(/^(spawning\.starting|running|awaiting_permission|stopping)$/);
  expect(busy).toBeLessThanOrEqual(slots);
}

/** Stops every worker, and checks that every turn was delivered and that no slot is lost. */
async function checkEnd(session: Session, model: Model): Promise<void> {
  if (model.workers.length === 0) return;
  await session.call('stop_worker', { worker_ids: model.workers });
  take(await session.call('wait'), model);
  await session.call('resume_worker', { worker_id: model.workers[0], prompt: prompts.end });
  expect((await session.call('wait')).completed).toHaveLength(1);
}

/** Checks that the journal replays to its own states, answers each request once, and fits the row. */
async function checkJournal(stage: Stage, session: Session, id: string): Promise<void> {
  const steps = [...replay(await stage.journal(id))];
  const folded = steps.map(({ snapshot }) => stateText(snapshot.value));
  expect(folded).toEqual(steps.map(({ record }) => record.to));
  const answers = steps.filter(
    ({ record: { event, dropped } }) => event.type === 'ANSWER_PERMISSION' && !dropped,
  );
  const answered = answers.map(({ record: { event } }) => (event.answer as Answer).request_id);
  expect(new Set(answered).size).toBe(answered.length);
  const [row] = await rowsOf(session, id);
  const cost = round(steps.at(-1)?.snapshot.context.totals.cost_usd);
  if (row) expect([row.state, row.cost_usd]).toEqual([folded.at(-1), cost]);
}

async function run(steps: Command[]): Promise<void> {
  const stage = await setStage();
  const env = { AWM_CLAUDE: resolve('test/stand-ins/claude.mjs') };
  const connect = () => stage.connect({ env, args: ['--max-workers', String(slots)] });
  const model: Model = {
    ...{ workers: [], requests: [], answered: new Set(), delivered: new Set(), turns: new Map() },
  };
  let session = await connect();
  for (const step of steps) {
    if (step.do !== 'restart') await act(session, model, step);
    else {
      await endServer(session, step.how === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM');
      session = await connect();
      model.delivered = new Set();
    }
    await checkSlots(session);
  }
  await checkEnd(session, model);
  for (const id of model.workers) await checkJournal(stage, session, id);
  await session.close();
}

it('the promises hold for any actions of a caller, and any number of dead servers', async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { maxLength: 14 }), run), { numRuns: 15 });
}, 180_000);

const round = (usd = 0): number => Math.round(usd * 1e6) / 1e6;
