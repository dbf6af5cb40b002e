import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeLine } from '../../src/claude/decode.ts';
import { initializeId } from '../../src/claude/input-line.ts';
import { splitLines } from '../../src/claude/lines.ts';
import { workerId } from '../src/fixtures.ts';

/** One line of each kind that claude writes. */
const lines = [
  { type: 'system', subtype: 'init', model: 'claude-x', tools: ['Bash'] },
  { type: 'system', subtype: 'api_retry', attempt: 2, error_status: 529, error: 'overloaded' },
  { type: 'command_lifecycle', command_uuid: 'p1', state: 'started' },
  { type: 'user', uuid: 'p1', isReplay: true, message: { role: 'user', content: 'größer 🦀' } },
  {
    type: 'user',
    message: { content: [{ type: 'tool_result', content: 'x\u001b[1A', is_error: true }] },
  },
  { type: 'assistant', message: { model: 'm', content: [{ type: 'text', text: 'Hi \u202e' }] } },
  {
    type: 'assistant',
    message: { content: [{ type: 'tool_use', name: 'Bash', input: { a: 'b' } }] },
  },
  {
    ...{ type: 'control_request', request_id: 'cli-1' },
    request: {
      ...{ subtype: 'can_use_tool', tool_name: 'Write', input: { path: '/tmp/x', n: 1e20 } },
      permission_suggestions: [{ type: 'addRules', behavior: 'allow', rules: [] }],
    },
  },
  { type: 'control_request', request_id: 'cli-2', request: { subtype: 'elicitation' } },
  { type: 'control_cancel_request', request_id: 'cli-1' },
  { type: 'control_response', response: { request_id: initializeId, response: { agents: ['A'] } } },
  {
    type: 'control_response',
    response: { subtype: 'error', request_id: initializeId, error: 'no' },
  },
  {
    ...{ type: 'result', subtype: 'success', is_error: false, result: 'ok', num_turns: 1 },
    ...{ total_cost_usd: 0.1, usage: { input_tokens: 3 }, user_message_uuids: ['p1'] },
    model_usage_since_last_result: { m: { costUSD: 0.1 } },
  },
  { type: 'result', subtype: 'error_max_turns', is_error: true, errors: ['too', 'many'] },
].map((line) => Buffer.from(JSON.stringify(line)));

/** Bytes that make JSON another JSON, or none. */
const bytes = fc.oneof(
  fc.constantFrom(...Buffer.from('{}[]":,\\0e-n')),
  fc.nat(255).filter((byte) => byte !== 0x0a),
);

/** A line of claude, torn, doubled and with some of its bytes changed. */
const line = fc
  .tuple(
    fc.constantFrom(...lines),
    fc.array(fc.tuple(fc.nat(300), bytes), { maxLength: 4 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
  )
  .map(([whole, changes, share]) => {
    const text = Buffer.from(whole);
    for (const [place, byte] of changes) text[place % text.length] = byte;
    return text.subarray(0, Math.ceil(text.length * share));
  });

/** What one of them may add: an id, and a short text whose every character is shown as a code. */
const overhead = 2_000;

it('100,000 lines: none does harm, and none becomes more than it was', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const splitter = splitLines(0);
  let facts = 0;
  const read = (list: Buffer[]) => {
    for (const text of list) {
      const [cut] = splitter.push(Buffer.concat([text, Buffer.from('\n')]));
      if (!cut) throw new Error('A line was lost.');
      const fact = decodeLine(cut, workerId());
      if (!fact) continue;
      facts += 1;
      // A byte that is no UTF-8 becomes three, and 1e20 is written with all of its digits.
      const { length } = JSON.stringify(fact);
      if (length > overhead + 6 * text.length) throw new Error(`${length} characters of ${text}`);
    }
  };
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  fc.assert(fc.property(fc.array(line, { minLength: 100, maxLength: 100, size: 'max' }), read), {
    numRuns: 1000,
    endOnFailure: true,
  });
  collectGarbage();
  expect(facts).toBeGreaterThan(10_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 1024 ** 2);
});
