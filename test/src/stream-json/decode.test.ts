import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine } from '../../../src/stream-json/decode.ts';
import { initializeId } from '../../../src/stream-json/input-line.ts';
import { workerId } from '../fixtures.ts';

/** Decodes a line with this JSON that ends at `end`. */
function decode(message: unknown, { end = 100, worker = workerId() } = {}) {
  return decodeText(JSON.stringify(message), { end, worker });
}

function decodeText(text: string, { end = 100, worker = workerId() } = {}) {
  return decodeLine({ bytes: Buffer.from(text), end }, worker);
}

const asked = {
  type: 'control_request',
  request_id: 'cli-1',
  request: {
    subtype: 'can_use_tool',
    tool_name: 'Bash',
    input: { command: 'ls' },
    permission_suggestions: [{ type: 'setMode', mode: 'acceptEdits' }],
  },
};

describe('a line that opens a turn', () => {
  it.each([
    ...['2.1.100', '2.1.276', '2.0.999', '1.9.9'].map((version) => [version, true] as const),
    ...['2.1.277', '2.1.332', '2.2.0', '3.0.0', 'next'].map((version) => [version, false] as const),
  ])('of claude %s says whether it counts costs by process: %s', (version, expected) => {
    const init = { type: 'system', subtype: 'init', claude_code_version: version };
    const event = {
      type: 'TURN_OPENED',
      model: null,
      ...(expected && { counts_by_process: true }),
    };
    expect(decode(init)).toEqual({ ...event, offset: 100 });
  });
});

const toolResult = (tool_use_result: object) => ({
  ...{ type: 'user', message: { role: 'user', content: [] }, tool_use_result },
});

describe('a line says', () => {
  const success = { subtype: 'success', request_id: initializeId };
  it.each([
    [
      'that a turn was opened',
      { type: 'system', subtype: 'init', model: 'claude-x', tools: [] },
      { type: 'TURN_OPENED', model: 'claude-x' },
    ],
    [
      'in which session, mode and folder a turn was opened',
      {
        ...{ type: 'system', subtype: 'init', session_id: 's1', permissionMode: 'plan' },
        cwd: '/project',
      },
      {
        ...{ type: 'TURN_OPENED', model: null, session_id: 's1' },
        ...{ permission_mode: 'plan', cwd: '/project' },
      },
    ],
    [
      'that the permission mode has changed',
      { type: 'system', subtype: 'status', status: null, permissionMode: 'plan' },
      { type: 'SET_UP_CHANGED', permission_mode: 'plan' },
    ],
    [
      'that another session has begun',
      { type: 'conversation_reset', new_conversation_id: 's2', trigger: 'clear' },
      { type: 'SET_UP_CHANGED', session_id: 's2' },
    ],
    [
      'that the session has entered a worktree',
      toolResult({ worktreePath: '/tree', worktreeBranch: 'tree', message: 'Created.' }),
      { type: 'SET_UP_CHANGED', worktree: '/tree' },
    ],
    [
      'that the session has left a worktree',
      toolResult({ action: 'keep', worktreePath: '/tree', restoredCwd: '/project' }),
      { type: 'SET_UP_CHANGED', worktree: null },
    ],
    [
      'that a subagent has a worktree, which is a message',
      {
        ...toolResult({ worktreePath: '/tree', worktreeBranch: 'tree' }),
        parent_tool_use_id: 'toolu_1',
      },
      { type: 'MESSAGE_SEEN', role: 'user', brief: '', model: null },
    ],
    [
      'that claude repeats an API request',
      { type: 'system', subtype: 'api_retry', attempt: 2, error_status: 529, error: 'overloaded' },
      { type: 'API_RETRIED', status: 529, attempt: 2, error: 'overloaded' },
    ],
    [
      'that a prompt was accepted, by its start',
      { type: 'command_lifecycle', command_uuid: 'p1', state: 'started' },
      { type: 'PROMPT_ACCEPTED', prompt_id: 'p1' },
    ],
    [
      'that a prompt was accepted, by its echo',
      { type: 'user', uuid: 'p1', isReplay: true, message: { role: 'user', content: 'hi' } },
      { type: 'PROMPT_ACCEPTED', prompt_id: 'p1' },
    ],
    [
      'that there is a new message',
      {
        type: 'assistant',
        message: { model: 'claude-x', content: [{ type: 'text', text: 'Hi' }] },
      },
      { type: 'MESSAGE_SEEN', role: 'assistant', brief: 'Hi', model: 'claude-x' },
    ],
    [
      'that a request was withdrawn',
      { type: 'control_cancel_request', request_id: 'cli-1' },
      { type: 'PERMISSION_WITHDRAWN', cli_id: 'cli-1' },
    ],
    [
      'that another kind of control request is open',
      { type: 'control_request', request_id: 'cli-2', request: { subtype: 'elicitation' } },
      { type: 'CONTROL_ASKED', cli_id: 'cli-2', subtype: 'elicitation' },
    ],
    [
      'that the process is up, with its agents and models',
      {
        type: 'control_response',
        response: {
          ...success,
          response: {
            agents: [{ name: 'Plan' }, 'Explore', {}, 1],
            models: [{ value: 'opus', resolvedModel: 'claude-opus-5' }, { value: 7 }, null],
          },
        },
      },
      { type: 'INITIALIZED', agents: ['Plan', 'Explore'], models: ['opus'] },
    ],
    [
      'that the process is up, without a list of models',
      { type: 'control_response', response: { ...success, response: {} } },
      { type: 'INITIALIZED', agents: [], models: [] },
    ],
    [
      'that the process refused to initialize',
      {
        type: 'control_response',
        response: { subtype: 'error', request_id: initializeId, error: 'no schema' },
      },
      {
        ...{ type: 'START_FAILED', reason: 'spawn_error', returncode: null },
        hint: 'claude refused to initialize: no schema',
      },
    ],
    [
      'that our response has arrived',
      { type: 'control_response', response: { subtype: 'success', request_id: 'cli-1' } },
      { type: 'ANSWER_ACKNOWLEDGED', cli_id: 'cli-1' },
    ],
  ])('%s', (_, message, fact) => {
    expect(decode(message)).toEqual({ ...fact, offset: 100 });
    expect(decode(reversed(message)), 'in any order of keys').toEqual(decode(message));
  });

  it('that the worker asks for a permission', () => {
    expect(decode(asked)).toEqual({
      type: 'PERMISSION_ASKED',
      offset: 100,
      request: {
        request_id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
        cli_id: 'cli-1',
        tool: 'Bash',
        input: { command: 'ls' },
        suggestions: [{ type: 'setMode', mode: 'acceptEdits' }],
      },
    });
    expect(decode(reversed(asked))).toEqual(decode(asked));
  });

  it('that a turn has ended', () => {
    expect(decode({ type: 'result', subtype: 'success', result: 'ok' })).toMatchObject({
      type: 'RESULT_SEEN',
      result: { failure: null },
    });
  });
});

/** Reverses the order of the keys in every object. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, reversed(part)]);
  return Object.fromEntries(entries.toReversed());
}

describe('no event is made of', () => {
  it.each([
    ['a type of a newer version', '{"type":"active_goal","goal":1}'],
    ['a system message of another kind', '{"type":"system","subtype":"status"}'],
    ['a prompt that is still queued', '{"type":"command_lifecycle","state":"queued"}'],
    ['a prompt without an id', '{"type":"command_lifecycle","state":"started"}'],
    ['a control request without an id', '{"type":"control_request","request":{}}'],
    ['a control response without an id', '{"type":"control_response","response":{}}'],
    ['a control response that is no object', '{"type":"control_response","response":[]}'],
    ['a message without a type', '{"message":"hi"}'],
    ['a type that is no text', '{"type":["assistant"]}'],
    ['an array', '[{"type":"result"}]'],
    ['a number', '7'],
    ['null', 'null'],
    ['half a line', '{"type":"result","subtype":"succ'],
    ['words', 'Debugger attached.'],
    ['an empty line', ''],
  ])('%s', (_, text) => {
    expect(decodeText(text)).toBeUndefined();
  });

  it('a line that was too long to read', () => {
    expect(decodeLine({ bytes: null, end: 5 }, workerId())).toBeUndefined();
  });
});

describe('the brief of a message shows', () => {
  const brief = (content: unknown) => {
    const fact = decode({ type: 'assistant', message: { content } });
    return fact?.type === 'MESSAGE_SEEN' ? fact.brief : undefined;
  };
  it.each([
    ['a plain text', 'Hello', 'Hello'],
    ['a text over several lines', [{ type: 'text', text: ' one\n\ttwo ' }], 'one two'],
    [
      'a tool and its first text argument',
      [{ type: 'tool_use', name: 'Bash', input: { timeout: 5, command: 'ls -l' } }],
      'Bash ls -l',
    ],
    ['a tool result', [{ type: 'tool_result', content: 'output' }], 'output'],
    ['a block of another kind', [{ type: 'image' }], 'image'],
    ['a text with terminal colours', [{ type: 'text', text: '\u001b[31mred' }], '\\u001b[31mred'],
    ['a text that reverses its direction', [{ type: 'text', text: 'a\u202eb' }], 'a\\u202eb'],
    ['a long text', 'x'.repeat(500), 'x'.repeat(120)],
    ['an emoji at the cut', `${'x'.repeat(119)}😀😀`, 'x'.repeat(119)],
    ['no content', undefined, ''],
  ])('%s', (_, content, expected) => {
    expect(brief(content)).toBe(expected);
  });
});

describe("the worker's model is not in a message of", () => {
  it.each([
    ['a subagent', { parent_tool_use_id: 'toolu_1', message: { model: 'other', content: 'x' } }],
    ['the CLI itself', { message: { model: '<synthetic>', content: 'API Error' } }],
    ['claude without a model', { message: { content: 'x' } }],
  ])('%s', (_, fields) => {
    expect(decode({ type: 'assistant', ...fields })).toMatchObject({ model: null });
  });
});

describe('the id of a request', () => {
  const idOf = (cli_id: string, end: number, worker: string) => {
    const fact = decode({ ...asked, request_id: cli_id }, { end, worker });
    return fact?.type === 'PERMISSION_ASKED' ? fact.request.request_id : undefined;
  };

  it('does not change when the line is read again', () => {
    expect(idOf('cli-1', 7, workerId())).toBe(idOf('cli-1', 7, workerId()));
  });

  it.each([
    ['worker', idOf('cli-1', 7, workerId(2))],
    ['offset of the line', idOf('cli-1', 8, workerId())],
    ['id of the CLI', idOf('cli-2', 7, workerId())],
  ])('changes with the %s', (_, other) => {
    expect(other).not.toBe(idOf('cli-1', 7, workerId()));
  });

  it('is unique for each worker, offset and id, and never the id of the CLI', () => {
    const place = fc.tuple(fc.string(), fc.nat(), fc.nat(99));
    fc.assert(
      fc.property(place, place, ([cli, end, worker], [otherCli, otherEnd, otherWorker]) => {
        const id = idOf(cli, end, workerId(worker));
        const isSame = cli === otherCli && end === otherEnd && worker === otherWorker;
        expect(id === idOf(otherCli, otherEnd, workerId(otherWorker))).toBe(isSame);
        expect(id).not.toBe(cli);
      }),
    );
  });
});

describe('decoding never throws for', () => {
  /** JSON like a message of the CLI, with any values in its fields. */
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom(initializeId, 'success', 'started'));
  const message = fc.record(
    {
      type: fc.constantFrom(
        ...['system', 'command_lifecycle', 'user', 'assistant', 'control_request'],
        ...['control_cancel_request', 'control_response', 'result', 'keep_alive'],
      ),
      subtype: fc.oneof(field, fc.constantFrom('init', 'api_retry', 'success')),
      request: fc.oneof(
        field,
        fc.record(
          { subtype: fc.constant('can_use_tool'), tool_name: field, permission_suggestions: field },
          { requiredKeys: ['subtype'] },
        ),
      ),
      response: fc.oneof(field, fc.record({ request_id: field, response: field, subtype: field })),
      message: fc.oneof(field, fc.record({ content: field, model: field })),
      ...{ request_id: field, uuid: field, isReplay: field, command_uuid: field, state: field },
      ...{ result: field, errors: field, usage: field, is_error: field, model: field },
      ...{ user_message_uuids: field, model_usage_since_last_result: field, error: field },
    },
    { requiredKeys: ['type'] },
  );

  it('anything in the fields of a message', () => {
    fc.assert(
      fc.property(message, (value) => {
        const fact = decode(value);
        if (fact) expect(JSON.parse(JSON.stringify(fact))).toEqual(fact);
      }),
      { numRuns: 1000 },
    );
  });

  it('any JSON', () => {
    fc.assert(fc.property(fc.json(), (text) => void decodeText(text)));
  });

  it('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        decodeLine({ bytes: Buffer.from(bytes), end: 0 }, workerId());
      }),
    );
  });

  it('an input nested so deep that JSON.stringify cannot write it', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const text = JSON.stringify(asked).replace('{"command":"ls"}', deep);
    const fact = decodeText(text);
    expect(fact).toBeDefined();
    expect(JSON.stringify(fact)).toContain('cli-1');
  });
});
