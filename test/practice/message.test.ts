import { describe, expect, it } from 'vitest';
import { answerMessage, newId, tokensIn } from '../../src/practice/message.ts';
import type { Step } from '../../src/practice/script.ts';

function answer(step: Step) {
  return answerMessage(step, { model: 'asked', inputTokens: 7, defaultText: 'default' });
}

describe('the answer of a step', () => {
  it('holds thinking, text and tool calls in this order', () => {
    const message = answer({
      tools: [
        { name: 'Bash', input: { command: 'date' } },
        { name: 'Read', input: {} },
      ],
      text: 'said',
      thinking: 'thought',
    });

    expect(message.content).toEqual([
      { type: 'thinking', thinking: 'thought', signature: expect.any(String) },
      { type: 'text', text: 'said' },
      {
        type: 'tool_use',
        id: expect.stringMatching(/^toolu_/),
        name: 'Bash',
        input: { command: 'date' },
      },
      { type: 'tool_use', id: expect.stringMatching(/^toolu_/), name: 'Read', input: {} },
    ]);
    expect(message.stop_reason).toBe('tool_use');
  });

  it('is the default text if the step has no content', () => {
    expect(answer({ delay_ms: 5 })).toMatchObject({
      model: 'asked',
      content: [{ type: 'text', text: 'default' }],
      stop_reason: 'end_turn',
    });
  });

  it('is empty if a step without content hangs', () => {
    expect(answer({ hang: true }).content).toEqual([]);
  });

  it.each([0, 1, 64, 1000])('has exactly %d bytes when the step asks for them', (bytes) => {
    const [block] = answer({ bytes }).content;

    expect(block?.type === 'text' && Buffer.byteLength(block.text)).toBe(bytes);
  });

  it('takes the model, the stop reason and the token counts from the step', () => {
    const usage = { input_tokens: 11, output_tokens: 22 };

    expect(answer({ text: 'a', model: 'given', stop_reason: 'refusal', usage })).toMatchObject({
      model: 'given',
      stop_reason: 'refusal',
      usage,
    });
  });

  it('counts four characters of the answer as a token', () => {
    expect(answer({ text: 'x'.repeat(40) }).usage).toMatchObject({
      input_tokens: 7,
      output_tokens: 10,
    });
    expect(tokensIn('')).toBe(1);
  });
});

it('ids are unique and begin with their kind', () => {
  const ids = new Set(Array.from({ length: 100 }, () => newId('toolu')));

  expect(ids.size).toBe(100);
  expect([...ids].every((id) => /^toolu_[0-9a-f]{24}$/.test(id))).toBe(true);
});
