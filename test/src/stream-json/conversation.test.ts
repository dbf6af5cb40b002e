import { describe, expect, it } from 'vitest';
import { conversationPart, reportsCut } from '../../../src/stream-json/conversation.ts';

const partOf = (message: unknown) => conversationPart(Buffer.from(JSON.stringify(message)));

describe('a part of the conversation is', () => {
  it.each([
    ['a prompt', { type: 'user', uuid: 'p1', message: { role: 'user', content: 'Do it.' } }],
    ['an answer', { type: 'assistant', message: { role: 'assistant', content: [] }, extra: 1 }],
  ])('%s, unchanged', (_, message) => {
    expect(partOf(message)).toEqual({ kind: 'message', message });
  });

  it('the text of a result', () => {
    expect(partOf({ type: 'result', result: 'done' })).toEqual({ kind: 'result', result: 'done' });
  });

  it('the structured output of a result, null included', () => {
    expect(partOf({ type: 'result', result: '', structured_output: null })).toEqual({
      ...{ kind: 'result', result: '', structured_output: null },
    });
  });

  it('a result without a text', () => {
    expect(partOf({ type: 'result', errors: ['x'] })).toEqual({ kind: 'result', result: null });
  });
});

describe('no part of the conversation is', () => {
  it.each([
    ['a system message', { type: 'system', subtype: 'init' }],
    ['a request', { type: 'control_request', request_id: 'c1' }],
    ['a message without its content', { type: 'assistant', message: 'hi' }],
    ['no object', ['assistant']],
  ])('%s', (_, message) => {
    expect(partOf(message)).toBeUndefined();
  });

  it('a line that is no JSON', () => {
    expect(conversationPart(Buffer.from('Debugger attached.'))).toBeUndefined();
  });
});

describe('a cut answer is reported by', () => {
  const user = (text: string, isSynthetic = true) => ({
    ...{ type: 'user', isSynthetic, message: { role: 'user', content: [{ type: 'text', text }] } },
  });
  const call = (input: unknown) => ({
    type: 'assistant',
    message: { role: 'assistant', content: [{ type: 'tool_use', name: 'Write', input }] },
  });

  it.each([
    ['a message of claude to its model', user('Output token limit hit. Resume directly.')],
    [
      'a message about a tool call',
      user(
        'Your response was cut off because it exceeded the output token limit. The cut fell inside a tool call.',
      ),
    ],
    ['a tool call that is no JSON', call({ __unparsedToolInput: { raw: '{"a', len: 3 } })],
  ])('%s', (_, message) => {
    expect(reportsCut(message)).toBe(true);
  });

  it.each([
    ['equal words of a user', user('Output token limit hit. Resume directly.', false)],
    ['equal words after the beginning', user('He said: Output token limit hit.')],
    ['a whole tool call', call({ file_path: 'a', content: '' })],
    ['a prompt', { type: 'user', message: { role: 'user', content: 'Output token limit hit.' } }],
    ['a message without content', { type: 'assistant', message: 7 }],
  ])('not by %s', (_, message) => {
    expect(reportsCut(message)).toBe(false);
  });
});
