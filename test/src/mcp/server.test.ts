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

/** An answer of `wait`, what becomes of it, and all that it was told. */
function outcome() {
  const told: string[] = [];
  const { passed: fate, open } = gate<string>();
  const tell = (what: string) => {
    told.push(what);
    open(what);
  };
  const answer: WaitOutcome = {
    result: emptyResult,
    delivered: () => tell('delivered'),
    dropped: () => tell('dropped'),
  };
  return { answer, fate, told };
}

/** A manager whose `wait` has its answer ready at the very moment when the caller gives it up. */
function lateManager(answer: WaitOutcome) {
  const { passed: called, open } = gate<AbortSignal>();
  const wait: Wait = async ({ signal }) => {
    open(signal);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return answer;
  };
  return { called, manager: { wait } };
}

describe('what the server says of itself', () => {
  it('is its name, its version and how to use it', async () => {
    const client = await connect();
    expect(client.getServerVersion()).toEqual({ name: 'async-worker-manager', version: '1.2.3' });
    expect(client.getInstructions()).toMatch(/^Runs many Claude workers at once\. spawn_worker/);
    expect(client.getServerCapabilities()).toEqual({ tools: {} });
  });

  it('are six tools, each with a plain object as its arguments', async () => {
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

  it('costs a model at most 8 KiB, and no single text more than 2 KiB', async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    const instructions = client.getInstructions() ?? '';
    const texts = [instructions, ...tools.map(({ description = '' }) => description)];
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2048);
    const all = JSON.stringify(tools) + instructions;
    expect(Buffer.byteLength(all)).toBeLessThanOrEqual(8192);
  });

  it('is known to the rest of the program when a client asks for the tools', async () => {
    const onListed = vi.fn();
    const client = await connect({ onListed });
    await client.ping();
    expect(onListed).not.toHaveBeenCalled();
    await client.listTools();
    expect(onListed).toHaveBeenCalledTimes(1);
  });

  it('marks the approval for the user where only the user may grant', async () => {
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
  it('is answered with one object, as structured content and as the same text', async () => {
    const answer = { worker_id: workerId(), status: 'queued', position: 3 } as const;
    const spawn = vi.fn(async () => answer);
    const client = await connect({ manager: { spawn } });
    const args = { description: 'Look', prompt: 'Look around.', options: { temperature: 0.5 } };
    const result = await call(client, 'spawn_worker', args);
    expect(result.structuredContent).toEqual(answer);
    expect(result.content).toEqual([{ type: 'text', text: JSON.stringify(answer) }]);
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
  ])('of %s reaches the manager with what was given', async (tool, method, args, given) => {
    const handle = vi.fn(async () => ({}));
    const client = await connect({ manager: { [method]: handle } });
    await call(client, tool, args);
    expect(handle).toHaveBeenCalledWith(...given);
  });

  it('that is wrong is answered with a sentence, and the next one is served', async () => {
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

  it('that breaks something in the server is answered too, and told on stderr', async () => {
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
  it('has no time limit for Claude Code, and one for clients that would give up', async () => {
    for (const [name, limit] of [
      ['claude-code', undefined],
      ['cursor', 50],
    ] as const) {
      const wait = vi.fn(async () => outcome().answer);
      const client = await connect({ manager: { wait }, name });
      await call(client, 'wait');
      await call(client, 'wait', { timeout_seconds: 7, mode: 'any', worker_ids: ['w'] });
      const [first, second] = wait.mock.calls as unknown as [object][];
      expect(first?.[0]).toMatchObject({ timeout_seconds: limit });
      expect(second?.[0]).toMatchObject({ timeout_seconds: 7, mode: 'any', worker_ids: ['w'] });
    }
  });

  it('tells its progress to a client that asks for it, and to no other', async () => {
    const wait: Parameters<typeof connect>[0] = {
      manager: {
        async wait({ onProgress }) {
          onProgress('1 of 2 done');
          onProgress('2 of 2 done');
          return outcome().answer;
        },
      },
    };
    const client = await connect(wait);
    const told: unknown[] = [];
    const onprogress = (progress: unknown) => told.push(progress);
    await client.callTool({ name: 'wait' }, undefined, { onprogress });
    expect(told).toEqual([
      { progress: 1, message: '1 of 2 done' },
      { progress: 2, message: '2 of 2 done' },
    ]);
    await call(client, 'wait');
    expect(told).toHaveLength(2);
  });

  it('counts as delivered once its answer was written, and not before', async () => {
    const { answer, fate, told } = outcome();
    const [reached, written] = [gate(), gate()];
    const client = await connect({
      manager: { wait: async () => answer },
      beforeSend() {
        reached.open();
        return written.passed;
      },
    });
    const result = call(client, 'wait');
    await reached.passed;
    expect(told).toEqual([]);
    written.open();
    expect((await result).structuredContent).toEqual(emptyResult);
    expect(await fate).toBe('delivered');
    await client.close();
    expect(told).toEqual(['delivered']);
  });

  it('counts as dropped when its answer cannot be written', async () => {
    const { answer, fate, told } = outcome();
    const beforeSend = () => Promise.reject(new Error('the pipe is broken'));
    const client = await connect({ manager: { wait: async () => answer }, beforeSend });
    const result = expect(call(client, 'wait')).rejects.toThrow('Connection closed');
    expect(await fate).toBe('dropped');
    await client.close();
    await result;
    expect(told).toEqual(['dropped']);
  });

  it('is told when the caller gives it up, and then counts as dropped', async () => {
    const { answer, fate, told } = outcome();
    const { manager, called } = lateManager(answer);
    const client = await connect({ manager });
    const giveUp = new AbortController();
    const result = client.callTool({ name: 'wait' }, undefined, { signal: giveUp.signal });
    const refusal = expect(result).rejects.toThrow();
    const signal = await called;
    giveUp.abort();
    await refusal;
    expect(await fate).toBe('dropped');
    expect(signal.aborted).toBe(true);
    await client.close();
    expect(told).toEqual(['dropped']);
  });

  it('counts as dropped when the client leaves before its answer is written', async () => {
    const { answer, fate, told } = outcome();
    const { manager, called } = lateManager(answer);
    const client = await connect({ manager });
    const result = expect(call(client, 'wait')).rejects.toThrow('Connection closed');
    await called;
    await client.close();
    await result;
    expect(await fate).toBe('dropped');
    expect(told).toEqual(['dropped']);
  });

  it('has its own fate when several are under way', async () => {
    const [first, second] = [outcome(), outcome()];
    const answers = [first.answer, second.answer];
    const gates = [gate(), gate()];
    const turns = [...gates];
    const client = await connect({
      manager: { wait: async () => answers.shift() ?? first.answer },
      beforeSend: async () => turns.shift()?.passed,
    });
    const results = [call(client, 'wait'), call(client, 'wait')];
    gates[1]?.open();
    await results[1];
    expect(await second.fate).toBe('delivered');
    expect(first.told).toEqual([]);
    gates[0]?.open();
    await results[0];
    expect(await first.fate).toBe('delivered');
  });
});
