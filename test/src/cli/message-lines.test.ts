import { expect, it } from 'vitest';
import { messageLines } from '../../../src/cli/message-lines.ts';

const user = (content: unknown) => messageLines({ type: 'user', message: { content } });
const assistant = (content: unknown) => messageLines({ type: 'assistant', message: { content } });

it('each line of a prompt is marked, and no line of an answer', () => {
  expect(user('Do this.\nThen that.\n')).toEqual(['> Do this.', '> Then that.']);
  expect(assistant([{ type: 'text', text: 'Done.\r\nTwice.' }])).toEqual(['Done.', 'Twice.']);
});

it('a tool call is one line, and its result is shortened', () => {
  const call = { type: 'tool_use', name: 'Bash', input: { command: 'ls\nrm' } };
  expect(assistant([call])).toEqual(['→ Bash {"command":"ls\\nrm"}']);
  const long = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`).join('\n');
  const shown = user([{ type: 'tool_result', content: long }]);
  expect([shown.length, shown[0], shown.at(-1)]).toEqual([11, '← line 1', '← … 2 more lines']);
  expect(user([{ type: 'tool_result', content: [{ type: 'text', text: 'ok' }] }])).toEqual([
    '← ok',
  ]);
  expect(user([{ type: 'tool_result', content: 'x'.repeat(500) }])[0]).toHaveLength(402);
});

it('no text of a worker moves the cursor, changes colours or reverses text', () => {
  const evil = '\u001b]0;title\u0007\u001b[2J\u202eleft\r';
  const lines = [
    ...user(evil),
    ...assistant([
      { type: 'text', text: evil },
      { type: 'tool_use', name: evil, input: { [evil]: evil } },
    ]),
    ...user([{ type: 'tool_result', content: evil }]),
  ];
  expect(lines).toHaveLength(4);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones to find
  expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u202e]/.test(line))).toEqual([]);
});

it('content that is no text, call or result is left out', () => {
  expect(assistant([{ type: 'thinking', thinking: 'Hm.' }, null, 'odd'])).toEqual([]);
  expect(messageLines({ type: 'assistant' })).toEqual([]);
});
