import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createActor, setup } from 'xstate';
import type { ProcessCommand, WorkerFact, WorkerSpec } from '../../../machines/worker.ts';
import { processLogic } from '../../../src/claude/actor.ts';
import type { ControllerDeps } from '../../../src/claude/controller.ts';
import { CommandNotFound, type Launch } from '../../../src/claude/launch.ts';
import { workerPaths } from '../../../src/files/paths.ts';
import { replaceFile } from '../../../src/files/private-files.ts';
import { startTimeOf } from '../../../src/processes/identity.ts';
import { createInsideLaunch } from '../../stand-ins/launch.ts';
import { createInbox, makeFifo, temporaryFolder, workerId, workerSpec } from '../fixtures.ts';

/** An id of this test run alone, as a worker's processes are looked for on the whole machine. */
const worker_id = workerId(process.pid);

/** A process actor with nothing around it: commands go in, facts come out. */
async function createProcess(given: Partial<ControllerDeps> = {}, spec: Partial<WorkerSpec> = {}) {
  const logsDir = await temporaryFolder();
  const paths = workerPaths(logsDir, worker_id);
  await mkdir(paths.folder);
  const { launch, launched } = createInsideLaunch();
  const warnings: string[] = [];
  const facts = createInbox<WorkerFact>();
  const logic = processLogic({
    ...{ command: 'claude', env: {}, logsDir, keepAliveSeconds: 60, depth: 0, launch },
    ...{ recorded: async () => {}, offsetOf: () => 0 },
    warn: (message) => warnings.push(message),
    ...given,
  });
  const holder = setup({ types: { events: {} as WorkerFact }, actors: { logic } }).createMachine({
    invoke: { id: 'process', src: 'logic', input: workerSpec({ worker_id, ...spec }) },
    on: { '*': { actions: ({ event }) => facts.push(event) } },
  });
  const actor = createActor(holder).start();
  onTestFinished(() => {
    actor.stop();
    for (const inside of launched) inside.leave({ code: 0, signal: null });
  });
  const send = (...commands: ProcessCommand[]) => {
    for (const command of commands) actor.getSnapshot().children.process?.send(command);
  };
  const types = () => facts.items.map(({ type }) => type);
  const seen = (type: WorkerFact['type']) => facts.until(() => types().includes(type));
  return { actor, send, facts, types, seen, launched, launch, paths, warnings };
}

const start: ProcessCommand = { type: 'START', resume: false, remembered: [] };
const prompt: ProcessCommand = { type: 'SEND_PROMPT', prompt: { id: 'p1', text: 'Do it.' } };

/** A process of this worker in a group of its own, ended with the test. */
async function livingProcess(
  env: NodeJS.ProcessEnv = {},
  stdin: number | 'ignore' = 'ignore',
): Promise<ChildProcess & { pid: number }> {
  const stdio = [stdin, 'ignore', 'ignore'] as const;
  const child = spawn('sleep', ['600'], { detached: true, stdio: [...stdio], env });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return Object.assign(child, { pid: child.pid ?? 0 });
}

const said = (text: string) =>
  `${JSON.stringify({ type: 'assistant', message: { content: text } })}\n`;

describe('a process that is started', () => {
  it('is greeted, and tells what its output means', async () => {
    const { send, seen, facts } = await createProcess();
    send(start);
    await seen('INITIALIZED');
    send(prompt);
    await seen('RESULT_SEEN');
    expect(facts.items).toMatchObject([
      { type: 'PROCESS_STARTED', pid: expect.any(Number) },
      { type: 'INITIALIZED', agents: ['general-purpose', 'Explore', 'Plan'] },
      { type: 'PROMPT_ACCEPTED', prompt_id: 'p1' },
      { type: 'TURN_OPENED' },
      { type: 'PROMPT_ACCEPTED', prompt_id: 'p1' },
      { type: 'RESULT_SEEN', result: { failure: null } },
    ]);
  });

  it('is not started any more once its actor has been stopped', async () => {
    let record = () => {};
    const recorded = new Promise<void>((resolve) => {
      record = resolve;
    });
    const given = await createProcess({ recorded: () => recorded });
    given.send(start);
    given.actor.stop();
    record();
    // Another one that starts now is up only after the first has had its chance.
    const other = await createProcess();
    other.send(start);
    await other.seen('INITIALIZED');
    expect(given.launched).toEqual([]);
  });

  it('has the model of its worker, or the one that it is started with in place of that', async () => {
    const options = { model: 'claude-mine', temperature: 1 };
    const { send, facts, launched, types } = await createProcess({}, { options });
    const modelOf = (index: number) => {
      const args = launched[index]?.input.args ?? [];
      return args[args.indexOf('--model') + 1];
    };
    send(start);
    await facts.until(() => types().includes('INITIALIZED'));
    expect(modelOf(0)).toBe('claude-mine');
    launched[0]?.leave({ code: 0, signal: null });
    await facts.until(() => types().includes('EXITED'));
    send({ ...start, resume: true, model: 'claude-other' });
    await facts.until(() => types().filter((type) => type === 'INITIALIZED').length === 2);
    expect(modelOf(1)).toBe('claude-other');
  });

  it('finds what it was allowed to do in a file, and nothing of it in its arguments', async () => {
    const { send, seen, launched, paths } = await createProcess();
    const rules = [{ toolName: 'Bash', ruleContent: 'ls' }];
    send({ ...start, remembered: [{ type: 'addRules', behavior: 'allow', rules }] });
    await seen('INITIALIZED');
    expect(launched[0]?.input.args).toContain(paths.settings);
    expect(JSON.parse(await readFile(paths.settings, 'utf8'))).toMatchObject({
      crossSessionInbound: 'refuse',
      permissions: { allow: ['Bash(ls)'] },
    });
    expect(launched[0]?.input.env).toMatchObject({ AWM_WORKER: worker_id, AWM_DEPTH: '1' });
  });

  it('is started only when the decision to do so is on record', async () => {
    let record = () => {};
    const recorded = new Promise<void>((resolve) => {
      record = resolve;
    });
    const { send, seen, paths } = await createProcess({ recorded: () => recorded });
    const remembered = [{ type: 'addDirectories', directories: ['/a'] }];
    send({ ...start, remembered });
    // Time enough to write the settings with which a start begins.
    for (let count = 0; count < 20; count += 1) {
      await replaceFile(`${paths.folder}/probe`, (file) => file.writeFile('probe'));
    }
    await expect(stat(paths.settings)).rejects.toMatchObject({ code: 'ENOENT' });
    record();
    await seen('INITIALIZED');
  });

  it('gets commands in the order in which they came', async () => {
    const { send, facts } = await createProcess();
    const prompts = ['a', 'b', 'c'].map((id) => ({ ...prompt, prompt: { id, text: 'x' } }));
    send(start, ...prompts);
    const results = (items: WorkerFact[]) => items.filter(({ type }) => type === 'RESULT_SEEN');
    await facts.until((items) => results(items).length === 3);
    expect(results(facts.items)).toMatchObject(
      ['a', 'b', 'c'].map((id) => ({ result: { prompt_ids: [id] } })),
    );
  });

  it('has gone only after all that it had said was told, and with its last words', async () => {
    const { send, seen, launched, facts, paths, types } = await createProcess();
    send(start);
    await seen('INITIALIZED');
    await appendFile(paths.stderr, 'Out of memory\n');
    launched[0]?.write(said('Last message'));
    launched[0]?.leave({ code: 134, signal: null });
    await seen('EXITED');
    expect(types().slice(-2)).toEqual(['MESSAGE_SEEN', 'EXITED']);
    expect(facts.items.at(-1)).toEqual({
      ...{ type: 'EXITED', reason: 'crashed', returncode: 134 },
      hint: 'claude exited with code 134 before its turn was over: Out of memory',
    });
  });

  it('may go before it was greeted, which is an exit like any other', async () => {
    const { launch, launched } = createInsideLaunch();
    const hasty: Launch = async (input) => {
      const process = await launch(input);
      launched.at(-1)?.leave({ code: 1, signal: null });
      return process;
    };
    const { send, seen, types } = await createProcess({ launch: hasty });
    send(start);
    await seen('EXITED');
    await new Promise(setImmediate);
    expect(types()).toEqual(['PROCESS_STARTED', 'EXITED']);
  });

  it('is followed on where the last one ended', async () => {
    const { send, seen, launched, facts, types } = await createProcess();
    send(start);
    await seen('INITIALIZED');
    launched[0]?.leave({ code: 0, signal: null });
    await seen('EXITED');
    send({ ...start, resume: true });
    await facts.until(() => types().filter((type) => type === 'INITIALIZED').length === 2);
    send(prompt);
    await seen('RESULT_SEEN');
    expect(types().slice(0, 6)).toEqual([
      ...['PROCESS_STARTED', 'INITIALIZED', 'EXITED', 'PROCESS_STARTED', 'INITIALIZED'],
      'PROMPT_ACCEPTED',
    ]);
    expect(launched[1]?.input.args).toContain('--resume');
  });
});

describe('a process that cannot be started', () => {
  it.each([
    [
      new CommandNotFound('Command not found: claude'),
      'claude_not_found',
      'Command not found: claude. Install it with `npm install -g @anthropic-ai/claude-code`, or name its path in AWM_CLAUDE.',
    ],
    [
      new Error('claude could not be started: EACCES'),
      'spawn_error',
      'claude could not be started: EACCES',
    ],
  ])('is told with its reason: %s', async (error, reason, hint) => {
    const { send, seen, facts } = await createProcess({ launch: () => Promise.reject(error) });
    send(start);
    await seen('START_FAILED');
    expect(facts.items).toEqual([{ type: 'START_FAILED', reason, hint, returncode: null }]);
  });
});

describe('a process that was there before', () => {
  const attach = (
    process: { pid: number; start_time: string } | null,
    is_idle = false,
  ): ProcessCommand => ({ type: 'ATTACH', process, is_idle });

  it('is followed from where its output was read last', async () => {
    const living = await livingProcess();
    const seenBefore = said('seen');
    const { send, seen, facts, paths } = await createProcess({ offsetOf: () => seenBefore.length });
    await writeFile(paths.stdout, seenBefore + said('new'));
    send(attach({ pid: living.pid, start_time: (await startTimeOf(living.pid)) ?? '' }));
    await seen('ATTACHED');
    expect(facts.items).toMatchObject([
      { type: 'MESSAGE_SEEN', brief: 'new' },
      { type: 'ATTACHED' },
    ]);
    await appendFile(paths.stdout, said('later'));
    await facts.count(3);
    expect(facts.items[2]).toMatchObject({ brief: 'later' });
  });

  it('is missed when it goes', async () => {
    const living = await livingProcess();
    const { send, seen, facts } = await createProcess();
    send(attach({ pid: living.pid, start_time: (await startTimeOf(living.pid)) ?? '' }));
    await seen('ATTACHED');
    living.kill('SIGKILL');
    await seen('EXITED');
    expect(facts.items[1]).toMatchObject({ type: 'EXITED', reason: 'interrupted' });
  });

  it('may have gone meanwhile, and what it said is told first', async () => {
    const { send, seen, facts, paths } = await createProcess();
    await writeFile(paths.stdout, said('done'));
    send(attach({ pid: 2 ** 22 + 1, start_time: '1' }));
    await seen('EXITED');
    expect(facts.items).toMatchObject([
      { type: 'MESSAGE_SEEN', brief: 'done' },
      { type: 'EXITED', reason: 'interrupted', returncode: null },
    ]);
  });

  it('is not mistaken for another that has its number now, which nobody harms', async () => {
    const stranger = await livingProcess();
    const { send, seen, facts } = await createProcess();
    send(attach({ pid: stranger.pid, start_time: 'long ago' }));
    await seen('EXITED');
    expect(facts.items.at(-1)).toMatchObject({ type: 'EXITED', reason: 'interrupted' });
    expect(await startTimeOf(stranger.pid)).toBeDefined();
  });

  it('is ended when nobody had written down its number, and nothing that it said is told', async () => {
    const { send, seen, types, paths } = await createProcess();
    const living = await livingProcess({ PATH: process.env.PATH, AWM_WORKER: worker_id });
    await writeFile(paths.stdout, said('early'));
    send(attach(null));
    await Promise.all([once(living, 'exit'), seen('EXITED')]);
    expect(types()).toEqual(['EXITED']);
  });

  it('is followed without a word when it is idle', async () => {
    const living = await livingProcess();
    const { send, facts, paths } = await createProcess();
    const start_time = (await startTimeOf(living.pid)) ?? '';
    await writeFile(paths.stdout, said('late'));
    send(attach({ pid: living.pid, start_time }, true));
    await facts.count(1);
    living.kill('SIGKILL');
    await facts.count(2);
    expect(facts.items.map(({ type }) => type)).toEqual(['MESSAGE_SEEN', 'EXITED']);
  });

  it('is gone when it is found nowhere', async () => {
    const { send, seen, types } = await createProcess();
    send(attach(null));
    await seen('EXITED');
    expect(types()).toEqual(['EXITED']);
  });
});

describe('ending a process', () => {
  it('needs no record first, as it is safe at any time', async () => {
    const living = await livingProcess();
    let isBroken = false;
    const recorded = async () => {
      if (isBroken) throw new Error('no journal');
    };
    const { send, seen } = await createProcess({ recorded });
    const start_time = (await startTimeOf(living.pid)) ?? '';
    send({ type: 'ATTACH', process: { pid: living.pid, start_time }, is_idle: false });
    await seen('ATTACHED');
    isBroken = true;
    send({ type: 'TERMINATE' });
    expect((await once(living, 'exit'))[1]).toBe('SIGTERM');
  });

  it('that is not there does nothing', async () => {
    const { send, facts, warnings } = await createProcess();
    send({ type: 'INTERRUPT' }, { type: 'TERMINATE' }, { type: 'KILL' });
    send(start);
    await facts.count(2);
    expect(facts.items[0]).toMatchObject({ type: 'PROCESS_STARTED' });
    expect(warnings).toEqual([]);
  });
});

describe('a message to a process', () => {
  it('that is just going is nobody’s trouble, as its exit will say it all', async () => {
    const { send, launched, seen, types, warnings } = await createProcess();
    send(start);
    await seen('INITIALIZED');
    launched[0]?.leave({ code: 0, signal: null });
    send(prompt);
    await seen('EXITED');
    expect([types().at(-1), warnings]).toEqual(['EXITED', []]);
  });

  it('whose FIFO somebody took away is told as lost', async () => {
    const { send, seen, facts, paths, warnings } = await createProcess();
    send(start);
    await seen('INITIALIZED');
    await rm(paths.stdin);
    send(prompt);
    await seen('STORAGE_FAILED');
    expect(facts.items.at(-1)).toMatchObject({
      hint: expect.stringMatching(/^Its stdin is lost: ENOENT/),
    });
    expect(warnings).toEqual([expect.stringContaining('SEND_PROMPT: ENOENT')]);
  });

  it('whose FIFO nobody reads is not written into the void', async () => {
    const { send, facts, paths } = await createProcess();
    makeFifo(paths.stdin);
    send(prompt, start);
    await facts.count(2);
    expect(facts.items.map(({ type }) => type)).toEqual(['PROCESS_STARTED', 'INITIALIZED']);
  });
});

it('an actor that is let go of tells nothing more, and leaves the process alone', async () => {
  const { actor, send, seen, facts, launched, paths } = await createProcess();
  send(start);
  await seen('INITIALIZED');
  const before = facts.items.length;
  actor.stop();
  launched[0]?.write(said('still here'));
  expect(await readFile(paths.stdout, 'utf8')).toContain('still here');
  await new Promise(setImmediate);
  expect(facts.items).toHaveLength(before);
});
