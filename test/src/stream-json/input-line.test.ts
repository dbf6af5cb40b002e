import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withDefaults } from '../../../src/config/options.ts';
import {
  answerLine,
  initializeId,
  initializeLine,
  interruptLine,
  promptLine,
  refusalLine,
} from '../../../src/stream-json/input-line.ts';
import { permissionRequest } from '../fixtures.ts';

/** Reads a line as the CLI does: exactly one line of JSON. */
function read(line: string): unknown {
  expect(line.indexOf('\n')).toBe(line.length - 1);
  return JSON.parse(line);
}

describe('a prompt', () => {
  it('is one line for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uuid(), (text, id) => {
        expect(read(promptLine({ id, text }))).toEqual({
          ...{ type: 'user', uuid: id, parent_tool_use_id: null },
          message: { role: 'user', content: text },
        });
      }),
    );
  });
});

describe('initialize', () => {
  const requestOf = (options: Parameters<typeof withDefaults>[0]) =>
    read(initializeLine(withDefaults(options, {})));

  it('has no options by default', () => {
    expect(requestOf({})).toEqual({
      ...{ type: 'control_request', request_id: initializeId },
      request: { subtype: 'initialize' },
    });
  });

  it('carries the options that must not be arguments', () => {
    const output_schema = { type: 'object' };
    expect(requestOf({ system: 'Be.', append_system: 'More.', output_schema })).toMatchObject({
      request: {
        ...{ subtype: 'initialize', systemPrompt: ['Be.'], appendSystemPrompt: 'More.' },
        jsonSchema: output_schema,
      },
    });
  });
});

it('an interrupt has its own id', () => {
  expect(read(interruptLine('i1'))).toEqual({
    ...{ type: 'control_request', request_id: 'i1', request: { subtype: 'interrupt' } },
  });
});

describe('the response to a permission request', () => {
  const suggestions = [
    {
      type: 'addRules',
      behavior: 'allow',
      rules: [{ toolName: 'Bash' }],
      destination: 'localSettings',
    },
    { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
  ];
  const responseTo = (
    answer: Partial<Parameters<typeof answerLine>[1]>,
    request: Parameters<typeof permissionRequest>[0] = {},
  ) =>
    read(
      answerLine(permissionRequest({ cli_id: 'c9', ...request }), {
        ...{ request_id: 'r1', allow: true, ...answer },
      }),
    );
  const success = (response: unknown) => ({
    type: 'control_response',
    response: { subtype: 'success', request_id: 'c9', response },
  });

  it.each([
    ['allows the input of the request', {}, { behavior: 'allow', updatedInput: { command: 'ls' } }],
    [
      'allows another input',
      { updated_input: { command: 'ls -l' } },
      { behavior: 'allow', updatedInput: { command: 'ls -l' } },
    ],
    [
      'adds the answers to questions to the input',
      { answers: { 'Which?': 'This' } },
      { behavior: 'allow', updatedInput: { command: 'ls', answers: { 'Which?': 'This' } } },
    ],
    [
      'denies with the given reason',
      { allow: false, reason: 'Not today.' },
      { behavior: 'deny', message: 'Not today.' },
    ],
    [
      'denies without a reason',
      { allow: false },
      { behavior: 'deny', message: 'The permission was denied.' },
    ],
  ])('%s', (_, answer, response) => {
    expect(responseTo(answer)).toEqual(success(response));
  });

  it('remembers the narrowest rules for this session, and writes no settings file', () => {
    expect(responseTo({ remember: true }, { suggestions })).toMatchObject({
      response: {
        response: { updatedPermissions: [{ ...suggestions[0], destination: 'session' }] },
      },
    });
  });

  it('remembers nothing without remember: true', () => {
    for (const answer of [{}, { remember: false }, { allow: false, remember: true }]) {
      const line = JSON.stringify(responseTo(answer, { suggestions }));
      expect(line).not.toContain('updatedPermissions');
    }
  });
});

describe('a control request that we do not serve', () => {
  it('gets an error with its name', () => {
    expect(read(refusalLine('c1', 'hook_callback'))).toEqual({
      type: 'control_response',
      response: {
        ...{ subtype: 'error', request_id: 'c1' },
        error: 'async-worker-manager does not serve "hook_callback" requests.',
      },
    });
  });

  it('is declined with action: decline when it is an elicitation', () => {
    expect(read(refusalLine('c1', 'elicitation'))).toEqual({
      type: 'control_response',
      response: { subtype: 'success', request_id: 'c1', response: { action: 'decline' } },
    });
  });
});
