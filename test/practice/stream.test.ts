import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerMessage } from '../../src/practice/message.ts';
import type { Step } from '../../src/practice/script.ts';
import { eventText, messageEvents } from '../../src/practice/stream.ts';

function stream(step: Step) {
  const message = answerMessage(step, { model: 'm', inputTokens: 7, defaultText: 'default' });
  return { message, events: [...messageEvents(message, step.chunk)] };
}

function deltasOf(step: Step) {
  return stream(step).events.flatMap((event) =>
    event.type === 'content_block_delta' ? [event.delta] : [],
  );
}

describe('the events of an answer', () => {
  it('open and close the message and each block', () => {
    const { events } = stream({ text: 'hi', tools: [{ name: 'Bash', input: {} }] });

    expect(events.map((event) => event.type)).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('start with an empty message and end with its usage and stop reason', () => {
    const { events, message } = stream({ text: 'x'.repeat(40) });

    expect(events[0]).toMatchObject({
      type: 'message_start',
      message: { id: message.id, role: 'assistant', content: [], stop_reason: null },
    });
    expect(events.at(-2)).toMatchObject({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { input_tokens: 7, output_tokens: 10 },
    });
  });

  it('start each block empty', () => {
    const step = { thinking: 'a', text: 'b', tools: [{ name: 'Bash', input: { c: 1 } }] };
    const starts = stream(step).events.filter((event) => event.type === 'content_block_start');

    expect(starts).toMatchObject([
      { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { index: 1, content_block: { type: 'text', text: '' } },
      { index: 2, content_block: { type: 'tool_use', name: 'Bash', input: {} } },
    ]);
  });

  it('end a thinking block with its signature', () => {
    expect(deltasOf({ thinking: 'abc', chunk: 2 })).toEqual([
      { type: 'thinking_delta', thinking: 'ab' },
      { type: 'thinking_delta', thinking: 'c' },
      { type: 'signature_delta', signature: expect.any(String) },
    ]);
  });

  it('send the input of a tool as pieces of JSON', () => {
    const input = { command: 'echo "ü"', nested: { list: [1, 2] } };
    const json = deltasOf({ tools: [{ name: 'Bash', input }], chunk: 3 })
      .map((delta) => (delta.type === 'input_json_delta' ? delta.partial_json : ''))
      .join('');

    expect(JSON.parse(json)).toEqual(input);
  });

  it('cut the last tool call in the middle when the answer ends at its limit', () => {
    const tool = (name: string) => ({ name, input: { file_path: '/a', content: 'A long text.' } });
    const step = { tools: [tool('Read'), tool('Write')], stop_reason: 'max_tokens' };
    const json = ['', ''];
    for (const event of stream(step).events) {
      if (event.type !== 'content_block_delta') continue;
      const { delta } = event;
      if (delta.type === 'input_json_delta') json[event.index] += delta.partial_json;
    }

    expect(JSON.parse(json[0] ?? '')).toEqual(tool('Read').input);
    expect(json[1]).toBe('{"file_path":"/a","con');
  });

  it('split any text into well-formed pieces that join to the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 5 }), (text, chunk) => {
        const pieces = deltasOf({ text, chunk }).map((delta) =>
          delta.type === 'text_delta' ? delta.text : '',
        );
        expect(pieces.join('')).toBe(text);
        expect(pieces.filter((piece) => /\p{Surrogate}/u.test(piece))).toEqual([]);
      }),
    );
  });

  it('are few, also for a large text', () => {
    expect(deltasOf({ bytes: 1_000_000 }).length).toBe(64);
  });
});

it('an event is written with its name and one line of data', () => {
  expect(eventText({ type: 'ping' })).toBe('event: ping\ndata: {"type":"ping"}\n\n');
});
