import { describe, expect, it } from 'vitest';
import { conversationPart } from '../../../src/stream-json/conversation.ts';

const partOf = (message: unknown) => conversationPart(Buffer.from(JSON.stringify(message)));

describe('into the conversation belongs', () => {
  it.each([
    ['a prompt', { type: 'user', uuid: 'p1', message: { role: 'user', content: 'Do it.' } }],
    ['an answer', { type: 'assistant', message: { role: 'assistant', content: [] }, extra: 1 }],
  ])('%s, as it came', (_, message) => {
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

describe('nothing of the conversation is', () => {
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
