import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Step } from '../../src/practice/script.ts';
import { type Answer, bash, type Session, scripted, setStage } from './harness.ts';

/** A command that takes some seconds; `claude` refuses a long `sleep` in the foreground. */
const slowly = (seconds: number, text: string): string =>
  `perl -e 'select(undef,undef,undef,${seconds})'; echo ${text}`;

/** Starts an agent, which is in the background unless somebody says otherwise. */
const agent = (...steps: Step[]): Step => ({
  tools: [
    {
      name: 'Agent',
      input: {
        ...{ description: 'Slow part', subagent_type: 'general-purpose' },
        prompt: scripted(...steps),
      },
    },
  ],
});

const inBackground = (command: string): Step => ({
  tools: [
    { name: 'Bash', input: { command, run_in_background: true, description: 'Slow command' } },
  ],
});

const turnsOf = ({ turns }: Answer) =>
  turns.map(({ prompt, origin, status, result }: Answer) => ({
    ...{ isOwn: prompt === null, status, result },
    ...(origin === undefined ? {} : { origin }),
  }));

const own = { isOwn: true, origin: 'task-notification', status: 'completed' };
const ours = { isOwn: false, status: 'completed' };

const rowOf = async (session: Session, id: string) =>
  (await session.call('list_workers')).workers.find(({ worker_id }: Answer) => worker_id === id);

describe('an agent in the background', () => {
  it('holds its worker in running.background, and its report is the result', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const steps = [agent(bash(slowly(3, 'FOUND-42')), { text: 'Report.' }), { text: 'Started.' }];
    const id = await session.spawn(scripted(...steps, { text: 'It says FOUND-42.' }), {
      allowed_tools: ['Bash'],
    });
    await stage.journaled(id, 'RESULT_SEEN');
    const { running } = await session.call('wait', { timeout_seconds: 0.1 });
    const working = { background_tasks: 1, tasks: ['Slow part'] };
    expect(running).toMatchObject([{ worker_id: id, state: 'running.background', ...working }]);
    expect(await rowOf(session, id)).toMatchObject({ state: 'running.background', ...working });

    expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    const history = await stage.history(id);
    expect(history).toMatchObject({ status: 'completed', result: 'It says FOUND-42.' });
    expect(turnsOf(history)).toEqual([
      { ...ours, result: 'Started.' },
      { ...own, result: 'It says FOUND-42.' },
    ]);
    const costs = history.turns.map(({ cost_usd }: Answer) => cost_usd);
    expect(costs[0] + costs[1]).toBeCloseTo(history.total_cost_usd);
    expect(costs[1]).toBeGreaterThan(0);
  });

  it('may ask after the answer of the turn: the question is shown, and its answer counts', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const late = agent(bash(slowly(0.1, 'begin')), bash('touch late'), { text: 'Report.' });
    const id = await session.spawn(scripted(late, { text: 'Started.' }, { text: 'Touched.' }), {
      allowed_tools: ['Bash(perl *)', 'Bash(echo *)'],
    });
    const { pending_permissions } = await session.call('wait');
    expect(pending_permissions).toMatchObject([
      { worker_id: id, input: { command: 'touch late' } },
    ]);
    await stage.journaled(id, 'RESULT_SEEN');
    expect((await rowOf(session, id)).state).toBe('awaiting_permission');
    const [{ request_id }] = pending_permissions;
    await session.call('approve_permission', { request_id, allow: true });
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    const history = await stage.history(id);
    expect(history.result).toBe('Touched.');
    const asked = history.turns.flatMap(({ permissions }: Answer) => permissions);
    expect(asked).toMatchObject([{ request_id, decision: 'allow', by: 'caller' }]);
  });

  it('is named when the worker is stopped, and the next follow-up is answered', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const steps = [agent(bash(slowly(60, 'never')), { text: 'Report.' }), { text: 'Started.' }];
    const id = await session.spawn(scripted(...steps), { allowed_tools: ['Bash'] });
    await stage.journaled(id, 'RESULT_SEEN');
    const stopped = await session.call('stop_worker', { worker_ids: [id] });
    expect(stopped).toMatchObject({ stopped: [id], already_settled: [] });
    const { failed } = await session.call('wait');
    expect(failed).toMatchObject([{ reason: 'stopped', ended_tasks: ['Slow part'] }]);

    const prompt = scripted({ text: 'Here again.' });
    await session.call('resume_worker', { worker_id: id, prompt });
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    const history = await stage.history(id);
    expect(history).toMatchObject({ status: 'completed', result: 'Here again.' });
    expect(history.turns[0]).toMatchObject({ result: 'Started.', ended_tasks: ['Slow part'] });
  });
});

describe('while an agent works in the background', () => {
  const work = (seconds: number, ...after: Step[]) =>
    scripted(
      agent(bash(slowly(seconds, 'FOUND')), { text: 'Report.' }),
      { text: 'Started.' },
      ...after,
    );

  it('the server can be killed, and the next one delivers the last answer', async () => {
    const stage = await setStage();
    const first = await stage.connect();
    const id = await first.spawn(work(5, { text: 'The end.' }), { allowed_tools: ['Bash'] });
    await stage.journaled(id, 'RESULT_SEEN');
    process.kill(first.pid, 'SIGKILL');
    const second = await stage.connect();
    expect((await second.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    const history = await stage.history(id);
    expect(turnsOf(history)).toEqual([
      { ...ours, result: 'Started.' },
      { ...own, result: 'The end.' },
    ]);
  });

  it('the next server shows a question that the agent asked meanwhile', async () => {
    const stage = await setStage();
    const first = await stage.connect();
    const late = agent(bash(slowly(2, 'begin')), bash('touch late'), { text: 'Report.' });
    const id = await first.spawn(scripted(late, { text: 'Started.' }, { text: 'Touched.' }), {
      allowed_tools: ['Bash(perl *)', 'Bash(echo *)'],
    });
    await stage.journaled(id, 'RESULT_SEEN');
    process.kill(first.pid, 'SIGKILL');
    const second = await stage.connect();
    const { pending_permissions } = await second.call('wait');
    expect(pending_permissions).toMatchObject([{ input: { command: 'touch late' } }]);
    const [{ request_id }] = pending_permissions;
    await second.call('approve_permission', { request_id, allow: true });
    expect((await second.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    expect((await stage.history(id)).result).toBe('Touched.');
  });

  it('a killed claude leaves the answer of the turn, and the next follow-up is answered', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const id = await session.spawn(work(60), { allowed_tools: ['Bash'] });
    await stage.journaled(id, 'RESULT_SEEN');
    process.kill(await stage.pid(id), 'SIGKILL');
    const { completed } = await session.call('wait');
    expect(completed).toMatchObject([{ worker_id: id, ended_tasks: ['Slow part'] }]);
    await session.call('resume_worker', { worker_id: id, prompt: scripted({ text: 'Again.' }) });
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    expect((await stage.history(id)).result).toBe('Again.');
  });

  it('no keep-alive ends it, and the object of the last turn is the structured output', async () => {
    const stage = await setStage();
    const session = await stage.connect({ args: ['--keep-alive-seconds', '0'] });
    const object = (value: string): Step => ({
      tools: [{ name: 'StructuredOutput', input: { value } }],
    });
    const prompt = scripted(
      agent(bash(slowly(3, 'FOUND')), { text: 'Report.' }),
      object('not yet'),
      { text: 'Started.' },
      object('the real one'),
      { text: 'Done.' },
    );
    const output_schema = {
      type: 'object',
      properties: { value: { type: 'string' } },
      required: ['value'],
    };
    const id = await session.spawn(prompt, { output_schema, allowed_tools: ['Bash'] });
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    const history = await stage.history(id);
    expect(history.structured_output).toEqual({ value: 'the real one' });
  });

  it('two agents have a turn each, and the worker settles after both', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const id = await session.spawn(
      scripted(
        agent(bash(slowly(2, 'ONE')), { text: 'One.' }),
        agent(bash(slowly(4, 'TWO')), { text: 'Two.' }),
        { text: 'Started.' },
        { text: 'One is there.' },
        { text: 'Both are there.' },
      ),
      { allowed_tools: ['Bash'] },
    );
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    const { turns, result } = await stage.history(id);
    expect([turns.length, result]).toEqual([3, 'Both are there.']);
  });
});

describe('a command in the background', () => {
  it('lets its worker settle, and its end opens a turn that is delivered too', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const steps = [inBackground(slowly(4, 'FOUND')), { text: 'Started.' }, { text: 'It ended.' }];
    const id = await session.spawn(scripted(...steps), { allowed_tools: ['Bash'] });
    const first = await session.call('wait');
    expect(first.completed).toMatchObject([
      { worker_id: id, background_tasks: 1, tasks: ['Slow command'] },
    ]);
    expect((await stage.history(id)).result).toBe('Started.');
    await stage.journaled(id, 'RESULT_SEEN', 2);
    const second = await session.call('wait');
    expect(second.completed).toMatchObject([{ worker_id: id }]);
    expect(second.completed[0]).not.toHaveProperty('background_tasks');
    expect(turnsOf(await stage.history(id))).toEqual([
      { ...ours, result: 'Started.' },
      { ...own, result: 'It ended.' },
    ]);
  });

  it('leaves a history file from which its worker can be continued elsewhere', async () => {
    const stage = await setStage();
    const first = await stage.connect();
    const steps = [inBackground(slowly(1, 'FOUND')), { text: 'Started.' }, { text: 'It ended.' }];
    const options = { allowed_tools: ['Bash'], background: 'wait' };
    const id = await first.spawn(scripted(...steps), options);
    await first.call('wait');
    await first.call('stop_worker', { worker_ids: [id] });
    await first.close();
    await rm(stage.state, { recursive: true });
    const session = await stage.connect();
    await session.call('resume_worker', { worker_id: id, prompt: scripted({ text: 'Again.' }) });
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id: id }]);
    const own = await stage.history(id);
    expect(own.turns.map(({ prompt }: Answer) => prompt === null)).toEqual([false, true, false]);
    expect(own.result).toBe('Again.');
  });

  it('is waited for with options.background "wait", and there is none with "off"', async () => {
    const stage = await setStage();
    const session = await stage.connect();
    const steps = [inBackground(slowly(2, 'FOUND')), { text: 'Started.' }, { text: 'It ended.' }];
    const allowed_tools = ['Bash'];
    const waits = await session.spawn(scripted(...steps), { allowed_tools, background: 'wait' });
    expect((await session.call('wait')).completed).toMatchObject([{ worker_id: waits }]);
    expect((await stage.history(waits)).result).toBe('It ended.');
    const off = await session.spawn(scripted({ text: 'Off.' }), { background: 'off' });
    await session.call('wait');
    const tools = JSON.stringify(stage.api.requests.at(-1)?.body);
    expect(tools).not.toContain('run_in_background');
    expect((await stage.history(off)).result).toBe('Off.');
  });

  it('keeps its process when another worker needs the room', async () => {
    const stage = await setStage();
    const session = await stage.connect({ args: ['--max-workers', '1'] });
    const steps = [
      inBackground(slowly(3, 'made > made')),
      { text: 'Started.' },
      { text: 'Ended.' },
    ];
    const id = await session.spawn(scripted(...steps), { allowed_tools: ['Bash'] });
    await session.call('wait');
    const other = await session.spawn(scripted({ text: 'Other.' }));
    await session.call('wait', { worker_ids: [other] });
    await stage.journaled(id, 'RESULT_SEEN', 2);
    await session.call('wait');
    expect((await stage.history(id)).result).toBe('Ended.');
  });
});

it('a worker is not offered tools that plan something for a later time', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  await session.spawn(scripted({ text: 'Now.' }));
  await session.call('wait');
  const body = JSON.stringify(stage.api.requests.at(-1)?.body);
  expect(body).toContain('"name":"Bash"');
  expect(body).not.toMatch(/"name":"(ScheduleWakeup|CronCreate)"/);
});
