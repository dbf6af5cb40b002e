import { describe, expect, it, vi } from 'vitest';
import { ManagerError } from '../../../src/errors.ts';
import type { Wait, WaitOutcome } from '../../../src/manager/wait.ts';
import { workerId } from '../fixtures.ts';
import { call, connect } from './stage.ts';

const emptyResult = { completed: [], failed: [], pending_permissions: [] };

/** A promise that a test settles. */
function gate<Value = void>() {
  let open: (value: Value) => void = () => {};
  const passed = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

/** Creates an outcome of `wait`; `ends` lists the ends of its claim, `end` resolves with the first. */
function createOutcome() {
  const ends: string[] = [];
  const { passed: end, open } = gate<string>();
  const record = (how: string) => {
    ends.push(how);
    open(how);
  };
  const outcome: WaitOutcome = {
    result: emptyResult,
    delivered: () => record('delivered'),
    dropped: () => record('dropped'),
  };
  return { outcome, end, ends };
}

/** Creates a manager whose `wait` returns at the moment when the caller cancels it. */
function lateManager(outcome: WaitOutcome) {
  const { passed: called, open } = gate<AbortSignal>();
  const wait: Wait = async ({ signal }) => {
    open(signal);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return outcome;
  };
  return { called, manager: { wait } };
}

describe('the server', () => {
  it('gives its name, its version and its instructions', async () => {
    const client = await connect();
    expect(client.getServerVersion()).toEqual({ name: 'async-worker-manager', version: '1.2.3' });
    expect(client.getInstructions()).toMatch(/^Runs many Claude workers at once\. spawn_worker/);
    expect(client.getServerCapabilities()).toEqual({ tools: {} });
  });

  it('lists six tools, each with a plain object as its arguments', async () => {
    const { tools } = await (await connect()).listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...['spawn_worker', 'wait', 'resume_worker', 'approve_permission', 'stop_worker'],
      'list_workers',
    ]);
    for (const { inputSchema, title } of tools) {
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      for (const key of ['anyOf', 'oneOf', 'allOf', '$ref']) {
        expect(inputSchema).not.toHaveProperty(key);
      }
      expect(title).toMatch(/^[A-Z]/);
    }
  });

  it('lists tools in at most 8 KiB, and no single text is longer than 2 KiB', async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    const instructions = client.getInstructions() ?? '';
    const texts = [instructions, ...tools.map(({ description = '' }) => description)];
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
    const all = JSON.stringify(tools) + instructions;
    expect(Buffer.byteLength(all)).toBeLessThanOrEqual(8192);
  });

  it('calls onListed when a client lists the tools', async () => {
    const onListed = vi.fn();
    const client = await connect({ onListed });
    await client.ping();
    expect(onListed).not.toHaveBeenCalled();
    await client.listTools();
    expect(onListed).toHaveBeenCalledTimes(1);
  });

  it('marks approve_permission for the user where only the user may grant', async () => {
    const markedOf = async (approvals: 'caller' | 'human') => {
      const { tools } = await (await connect({ approvals })).listTools();
      return tools.flatMap(({ name, _meta }) => (_meta ? [name, _meta] : []));
    };
    expect(await markedOf('caller')).toEqual([]);
    expect(await markedOf('human')).toEqual([
      'approve_permission',
      { 'anthropic/requiresUserInteraction': true },
    ]);
  });
});

describe('a call', () => {
  it('returns one object, as structured content and as the same text', async () => {
    const queued = { worker_id: workerId(), status: 'queued', position: 3 } as const;
    const spawn = vi.fn(async () => queued);
    const client = await connect({ manager: { spawn } });
    const args = { description: 'Look', prompt: 'Look around.', options: { temperature: 0.5 } };
    const result = await call(client, 'spawn_worker', args);
    expect(result.structuredContent).toEqual(queued);
    expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(queued) }]);
    expect(result.isError).toBeUndefined();
    expect(spawn).toHaveBeenCalledWith(args);
  });

  it.each([
    ['resume_worker', 'resume', { worker_id: 'w', prompt: 'On.' }, ['w', 'On.']],
    ['stop_worker', 'stop', { worker_ids: ['w'] }, [['w']]],
    ['list_workers', 'list', { status: 'failed' }, ['failed']],
    ['list_workers', 'list', {}, [undefined]],
    [
      'approve_permission',
      'approve',
      { request_id: 'r', allow: true, remember: true },
      [{ request_id: 'r', allow: true, remember: true }, 'caller'],
    ],
  ])('of %s reaches the manager with its arguments', async (tool, method, args, given) => {
    const handle = vi.fn(async () => ({}));
    const client = await connect({ manager: { [method]: handle } });
    await call(client, tool, args);
    expect(handle).toHaveBeenCalledWith(...given);
  });

  it('that is wrong returns a sentence, and the next call is served', async () => {
    const message = 'Worker w is running; resume_worker needs a completed or failed worker.';
    const resume = () => Promise.reject(new ManagerError('wrong_state', message));
    const list = async () => ({ workers: [] });
    const client = await connect({ manager: { resume, list } });
    const args = { worker_id: 'w', prompt: 'On.' };
    expect(await call(client, 'resume_worker', args)).toEqual({
      ...{ isError: true, content: [{ type: 'text', text: message }] },
    });
    expect(await call(client, 'resume_worker', { worker_id: 'w' })).toMatchObject({
      isError: true,
      content: [{ text: 'resume_worker: expected prompt to be a text, found nothing; add it.' }],
    });
    expect((await call(client, 'list_workers')).structuredContent).toEqual({ workers: [] });
  });

  it('that throws inside the server returns the message, and stderr has the stack', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const list = () => Promise.reject(new Error('a bug'));
    const client = await connect({ manager: { list } });
    const result = await call(client, 'list_workers');
    expect(stderr).toHaveBeenCalledWith(expect.stringContaining('list_workers: Error: a bug'));
    stderr.mockRestore();
    expect(result).toEqual({ isError: true, content: [{ type: 'text', text: 'a bug' }] });
  });

  it('of an unknown tool is refused by name', async () => {
    const client = await connect();
    await expect(call(client, 'spawn_task')).rejects.toThrow('Unknown tool: spawn_task');
  });
});

describe('a call of wait', () => {
  it('has no time limit for Claude Code, and 50 s for other clients', async () => {
    for (const [name, limit] of [
      ['claude-code', undefined],
      ['cursor', 50],
    ] as const) {
      const wait = vi.fn(async () => createOutcome().outcome);
      const client = await connect({ manager: { wait }, name });
      await call(client, 'wait');
      await call(client, 'wait', { timeout_seconds: 7, mode: 'any', worker_ids: ['w'] });
      const [first, second] = wait.mock.calls as unknown as [object][];
      expect(first?.[0]).toMatchObject({ timeout_seconds: limit });
      expect(second?.[0]).toMatchObject({ timeout_seconds: 7, mode: 'any', worker_ids: ['w'] });
    }
  });

  it('sends no half of a character, in a result or in a refusal', async () => {
    const half = 'a\ud83d';
    const client = await connect({
      manager: {
        wait: async () => {
          const { outcome } = createOutcome();
          return { ...outcome, result: { ...emptyResult, note: half } };
        },
        stop: async () => Promise.reject(new ManagerError('unknown_worker', half)),
      },
    });
    const result = await call(client, 'wait');
    expect(result.structuredContent.note).toBe('a\ufffd');
    expect(JSON.parse(result.content[0].text)).toEqual(result.structuredContent);
    const refused = await call(client, 'stop_worker', { worker_ids: ['x'] });
    expect(refused.content[0].text).toBe('a\ufffd');
  });

  it('sends its progress only to a client that asks for it', async () => {
    const wait: Parameters<typeof connect>[0] = {
      manager: {
        async wait({ onProgress }) {
          onProgress('1 of 2 done');
          onProgress('2 of 2 done');
          return createOutcome().outcome;
        },
      },
    };
    const client = await connect(wait);
    const received: unknown[] = [];
    const onprogress = (progress: unknown) => received.push(progress);
    await client.callTool({ name: 'wait' }, undefined, { onprogress });
    expect(received).toEqual([
      { progress: 1, message: '1 of 2 done' },
      { progress: 2, message: '2 of 2 done' },
    ]);
    await call(client, 'wait');
    expect(received).toHaveLength(2);
  });

  it('counts as delivered when its result is written, and not before', async () => {
    const { outcome, end, ends } = createOutcome();
    const [reached, written] = [gate(), gate()];
    const client = await connect({
      manager: { wait: async () => outcome },
      beforeSend() {
        reached.open();
        return written.passed;
      },
    });
    const result = call(client, 'wait');
    await reached.passed;
    expect(ends).toEqual([]);
    written.open();
    expect((await result).structuredContent).toEqual(emptyResult);
    expect(await end).toBe('delivered');
    await client.close();
    expect(ends).toEqual(['delivered']);
  });

  it('counts as dropped when its result cannot be written', async () => {
    const { outcome, end, ends } = createOutcome();
    const beforeSend = () => Promise.reject(new Error('the pipe is broken'));
    const client = await connect({ manager: { wait: async () => outcome }, beforeSend });
    const result = expect(call(client, 'wait')).rejects.toThrow('Connection closed');
    expect(await end).toBe('dropped');
    await client.close();
    await result;
    expect(ends).toEqual(['dropped']);
  });

  it('is aborted when the caller cancels it, and then counts as dropped', async () => {
    const { outcome, end, ends } = createOutcome();
    const { manager, called } = lateManager(outcome);
    const client = await connect({ manager });
    const controller = new AbortController();
    const result = client.callTool({ name: 'wait' }, undefined, { signal: controller.signal });
    const rejection = expect(result).rejects.toThrow();
    const signal = await called;
    controller.abort();
    await rejection;
    expect(await end).toBe('dropped');
    expect(signal.aborted).toBe(true);
    await client.close();
    expect(ends).toEqual(['dropped']);
  });

  it('counts as dropped when the client closes before the result is written', async () => {
    const { outcome, end, ends } = createOutcome();
    const { manager, called } = lateManager(outcome);
    const client = await connect({ manager });
    const result = expect(call(client, 'wait')).rejects.toThrow('Connection closed');
    await called;
    await client.close();
    await result;
    expect(await end).toBe('dropped');
    expect(ends).toEqual(['dropped']);
  });

  it('ends only its own claim when several waits run', async () => {
    const [first, second] = [createOutcome(), createOutcome()];
    const outcomes = [first.outcome, second.outcome];
    const gates = [gate(), gate()];
    const turns = [...gates];
    const client = await connect({
      manager: { wait: async () => outcomes.shift() ?? first.outcome },
      beforeSend: async () => turns.shift()?.passed,
    });
    const results = [call(client, 'wait'), call(client, 'wait')];
    gates[1]?.open();
    await results[1];
    expect(await second.end).toBe('delivered');
    expect(first.ends).toEqual([]);
    gates[0]?.open();
    await results[0];
    expect(await first.end).toBe('delivered');
  });
});
