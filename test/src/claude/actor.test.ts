import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
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
import { foldersIn } from '../folders.ts';

/** An id of this test run alone: a search for a worker's processes covers the whole machine. */
const worker_id = workerId(process.pid);

/** Creates a process actor alone: `send` gives it commands, `facts` has what it sends back. */
async function createProcess(given: Partial<ControllerDeps> = {}, spec: Partial<WorkerSpec> = {}) {
  const folders = foldersIn(await temporaryFolder());
  const paths = workerPaths(folders, worker_id);
  await mkdir(paths.folder, { recursive: true });
  const { launch, launched } = createInsideLaunch();
  const warnings: string[] = [];
  const facts = createInbox<WorkerFact>();
  const logic = processLogic({
    ...{ command: 'claude', env: {}, folders, keepAliveSeconds: 60, depth: 0, launch },
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

/** Starts a process in a group of its own; it is ended with the test. */
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

const assistantLine = (text: string) =>
  `${JSON.stringify({ type: 'assistant', message: { content: text } })}\n`;

describe('a process that is started', () => {
  it('is initialized, and its output is reported as facts', async () => {
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

  it('is not started after its actor was stopped', async () => {
    let record = () => {};
    const recorded = new Promise<void>((resolve) => {
      record = resolve;
    });
    const given = await createProcess({ recorded: () => recorded });
    given.send(start);
    given.actor.stop();
    record();
    // A process that starts now is initialized only after the first would have started.
    const other = await createProcess();
    other.send(start);
    await other.seen('INITIALIZED');
    expect(given.launched).toEqual([]);
  });

  it('has the model of its worker, unless START names another model', async () => {
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

  it('gets remembered permissions in a file, not in its arguments', async () => {
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

  it('is started only when the decision is in the journal', async () => {
    let record = () => {};
    const recorded = new Promise<void>((resolve) => {
      record = resolve;
    });
    const { send, seen, paths } = await createProcess({ recorded: () => recorded });
    const remembered = [{ type: 'addDirectories', directories: ['/a'] }];
    send({ ...start, remembered });
    // A start begins with writing the settings; this takes longer.
    for (let count = 0; count < 20; count += 1) {
      await replaceFile(`${paths.folder}/probe`, (file) => file.writeFile('probe'));
    }
    await expect(stat(paths.settings)).rejects.toMatchObject({ code: 'ENOENT' });
    record();
    await seen('INITIALIZED');
  });

  it('gets commands in the order in which they were sent', async () => {
    const { send, facts } = await createProcess();
    const prompts = ['a', 'b', 'c'].map((id) => ({ ...prompt, prompt: { id, text: 'x' } }));
    send(start, ...prompts);
    const results = (items: WorkerFact[]) => items.filter(({ type }) => type === 'RESULT_SEEN');
    await facts.until((items) => results(items).length === 3);
    expect(results(facts.items)).toMatchObject(
      ['a', 'b', 'c'].map((id) => ({ result: { prompt_ids: [id] } })),
    );
  });

  it('is reported as exited after all of its output, with the end of its stderr', async () => {
    const { send, seen, launched, facts, paths, types } = await createProcess();
    send(start);
    await seen('INITIALIZED');
    await appendFile(paths.stderr, 'Out of memory\n');
    launched[0]?.write(assistantLine('Last message'));
    launched[0]?.leave({ code: 134, signal: null });
    await seen('EXITED');
    expect(types().slice(-2)).toEqual(['MESSAGE_SEEN', 'EXITED']);
    expect(facts.items.at(-1)).toEqual({
      ...{ type: 'EXITED', reason: 'crashed', returncode: 134 },
      hint: 'claude exited with code 134 before its turn was over: Out of memory',
    });
  });

  it('is reported as exited when its leftovers cannot be searched, and its stderr cannot be read', async () => {
    const { send, seen, launched, facts, paths, warnings } = await createProcess();
    send(start);
    await seen('INITIALIZED');
    await rm(paths.stderr, { force: true });
    await mkdir(paths.stderr);
    // Where there is no /proc, processes are searched with `ps`, which is missing here.
    vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    vi.stubEnv('PATH', '');
    onTestFinished(() => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    });
    launched[0]?.leave({ code: 1, signal: null });
    await seen('EXITED');
    expect(facts.items.at(-1)).toMatchObject({ type: 'EXITED', reason: 'crashed', returncode: 1 });
    expect(warnings).toContainEqual(expect.stringContaining('spawn ps ENOENT'));
  });

  it('is reported as exited when it exits before it is initialized', async () => {
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

  it('is followed from where the output of the process before it ended', async () => {
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
  ])('is reported with its reason: %s', async (error, reason, hint) => {
    const { send, seen, facts } = await createProcess({ launch: () => Promise.reject(error) });
    send(start);
    await seen('START_FAILED');
    expect(facts.items).toEqual([{ type: 'START_FAILED', reason, hint, returncode: null }]);
  });
});

describe('a process of an earlier server', () => {
  const attach = (
    process: { pid: number; start_time: string } | null,
    is_idle = false,
  ): ProcessCommand => ({ type: 'ATTACH', process, is_idle });

  it('is followed from where its output was last read', async () => {
    const living = await livingProcess();
    const seenBefore = assistantLine('seen');
    const { send, seen, facts, paths } = await createProcess({ offsetOf: () => seenBefore.length });
    await writeFile(paths.stdout, seenBefore + assistantLine('new'));
    send(attach({ pid: living.pid, start_time: (await startTimeOf(living.pid)) ?? '' }));
    await seen('ATTACHED');
    expect(facts.items).toMatchObject([
      { type: 'MESSAGE_SEEN', brief: 'new' },
      { type: 'ATTACHED' },
    ]);
    await appendFile(paths.stdout, assistantLine('later'));
    await facts.count(3);
    expect(facts.items[2]).toMatchObject({ brief: 'later' });
  });

  it('is reported as exited when it exits', async () => {
    const living = await livingProcess();
    const { send, seen, facts } = await createProcess();
    send(attach({ pid: living.pid, start_time: (await startTimeOf(living.pid)) ?? '' }));
    await seen('ATTACHED');
    living.kill('SIGKILL');
    await seen('EXITED');
    expect(facts.items[1]).toMatchObject({ type: 'EXITED', reason: 'interrupted' });
  });

  it('is reported as exited after its unread output when it has exited meanwhile', async () => {
    const { send, seen, facts, paths } = await createProcess();
    await writeFile(paths.stdout, assistantLine('done'));
    send(attach({ pid: 2 ** 22 + 1, start_time: '1' }));
    await seen('EXITED');
    expect(facts.items).toMatchObject([
      { type: 'MESSAGE_SEEN', brief: 'done' },
      { type: 'EXITED', reason: 'interrupted', returncode: null },
    ]);
  });

  it('is not mistaken for another process with its pid, which is not signalled', async () => {
    const stranger = await livingProcess();
    const { send, seen, facts } = await createProcess();
    send(attach({ pid: stranger.pid, start_time: 'long ago' }));
    await seen('EXITED');
    expect(facts.items.at(-1)).toMatchObject({ type: 'EXITED', reason: 'interrupted' });
    expect(await startTimeOf(stranger.pid)).toBeDefined();
  });

  it('is ended when its pid is not in the journal, and its output is not reported', async () => {
    const { send, seen, types, paths } = await createProcess();
    const living = await livingProcess({ PATH: process.env.PATH, AWM_WORKER: worker_id });
    await writeFile(paths.stdout, assistantLine('early'));
    send(attach(null));
    await Promise.all([once(living, 'exit'), seen('EXITED')]);
    expect(types()).toEqual(['EXITED']);
  });

  it('is followed without ATTACHED when it is idle', async () => {
    const living = await livingProcess();
    const { send, facts, paths } = await createProcess();
    const start_time = (await startTimeOf(living.pid)) ?? '';
    await writeFile(paths.stdout, assistantLine('late'));
    send(attach({ pid: living.pid, start_time }, true));
    await facts.count(1);
    living.kill('SIGKILL');
    await facts.count(2);
    expect(facts.items.map(({ type }) => type)).toEqual(['MESSAGE_SEEN', 'EXITED']);
  });

  it('is reported as exited also when its stderr cannot be read', async () => {
    const living = await livingProcess();
    const { send, seen, facts, paths } = await createProcess();
    await rm(paths.stderr, { force: true });
    await mkdir(paths.stderr);
    send(attach({ pid: living.pid, start_time: (await startTimeOf(living.pid)) ?? '' }));
    await seen('ATTACHED');
    living.kill('SIGKILL');
    await seen('EXITED');
    expect(facts.items[1]).toMatchObject({ type: 'EXITED', reason: 'interrupted' });
  });

  it('is reported as exited when it is not found', async () => {
    const { send, seen, types } = await createProcess();
    send(attach(null));
    await seen('EXITED');
    expect(types()).toEqual(['EXITED']);
  });
});

describe('ending a process', () => {
  it('does not wait for the journal, because it is safe at any time', async () => {
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

  it('does nothing when there is no process', async () => {
    const { send, facts, warnings } = await createProcess();
    send({ type: 'INTERRUPT' }, { type: 'TERMINATE' }, { type: 'KILL' });
    send(start);
    await facts.count(2);
    expect(facts.items[0]).toMatchObject({ type: 'PROCESS_STARTED' });
    expect(warnings).toEqual([]);
  });
});

describe('a message to a process', () => {
  it('causes no warning when the process is exiting, because EXITED follows', async () => {
    const { send, launched, seen, types, warnings } = await createProcess();
    send(start);
    await seen('INITIALIZED');
    launched[0]?.leave({ code: 0, signal: null });
    send(prompt);
    await seen('EXITED');
    expect([types().at(-1), warnings]).toEqual(['EXITED', []]);
  });

  it('is reported as lost when the FIFO was removed', async () => {
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

  it('is not written into a FIFO that has no reader', async () => {
    const { send, facts, paths } = await createProcess();
    makeFifo(paths.stdin);
    send(prompt, start);
    await facts.count(2);
    expect(facts.items.map(({ type }) => type)).toEqual(['PROCESS_STARTED', 'INITIALIZED']);
  });
});

it('a stopped actor reports nothing more, and does not touch the process', async () => {
  const { actor, send, seen, facts, launched, paths } = await createProcess();
  send(start);
  await seen('INITIALIZED');
  const before = facts.items.length;
  actor.stop();
  launched[0]?.write(assistantLine('still here'));
  expect(await readFile(paths.stdout, 'utf8')).toContain('still here');
  await new Promise(setImmediate);
  expect(facts.items).toHaveLength(before);
});
