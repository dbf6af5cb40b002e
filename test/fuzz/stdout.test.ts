import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitLines } from '../../src/files/lines.ts';
import { decodeLine } from '../../src/stream-json/decode.ts';
import { workerId } from '../src/fixtures.ts';

/** Lines of `claude`, one of each kind. */
const real = [
  { type: 'system', subtype: 'init', model: 'claude-sonnet-4-6', tools: ['Bash'] },
  { type: 'system', subtype: 'api_retry', attempt: 1, error_status: 529, error: 'overloaded' },
  { type: 'command_lifecycle', command_uuid: workerId(), state: 'started' },
  { type: 'user', isReplay: true, uuid: workerId(), message: { role: 'user', content: 'Hi' } },
  { type: 'assistant', message: { model: 'm', content: [{ type: 'text', text: 'Ho 🦀' }] } },
  {
    ...{ type: 'control_request', request_id: 'r' },
    request: { subtype: 'can_use_tool', tool_name: 'Bash', input: { command: 'ls' } },
  },
  { type: 'control_cancel_request', request_id: 'r' },
  { type: 'control_response', response: { subtype: 'success', request_id: 'r', response: {} } },
  {
    ...{ type: 'result', subtype: 'success', is_error: false, result: 'ok', num_turns: 1 },
    ...{ total_cost_usd: 0.1, usage: { input_tokens: 1 }, user_message_uuids: [workerId()] },
  },
].map((line) => Buffer.from(JSON.stringify(line)));

/** A real line with a few bytes changed, cut off, or doubled. */
const mutated = fc
  .record({
    line: fc.constantFrom(...real),
    at: fc.nat(),
    bytes: fc.uint8Array({ maxLength: 4 }),
    how: fc.constantFrom('keep', 'replace', 'insert', 'cut', 'double'),
  })
  .map(({ line, at, bytes, how }) => {
    const place = at % line.length;
    if (how === 'keep') return line;
    if (how === 'cut') return line.subarray(0, place);
    if (how === 'double') return Buffer.concat([line, line]);
    const rest = line.subarray(how === 'insert' ? place : place + bytes.length);
    return Buffer.concat([line.subarray(0, place), bytes, rest]);
  });

const noise = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
const [runs, linesOfRun] = [1_000, 100];

it('100,000 lines, mutated and cut anywhere, never throw, and their events can be written as JSON', () => {
  const lines = fc.array(fc.oneof({ weight: 4, arbitrary: mutated }, noise), {
    ...{ minLength: linesOfRun, maxLength: linesOfRun },
  });
  let decoded = 0;
  let events = 0;
  const before = process.memoryUsage().heapUsed;
  fc.assert(
    fc.property(lines, fc.nat({ max: 500 }), (list, size) => {
      const stream = Buffer.concat(list.flatMap((line) => [line, Buffer.from('\n')]));
      const splitter = splitLines(0);
      for (let start = 0; start < stream.length; start += size + 1) {
        for (const line of splitter.push(stream.subarray(start, start + size + 1))) {
          decoded += 1;
          const fact = decodeLine(line, workerId());
          if (!fact) continue;
          events += 1;
          expect(fact.offset).toBe(line.end);
          expect(JSON.parse(JSON.stringify(fact))).toEqual(fact);
        }
      }
    }),
    { numRuns: runs },
  );
  expect(decoded).toBeGreaterThanOrEqual(runs * linesOfRun);
  expect(events).toBeGreaterThan(decoded / 10);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 1024 ** 2);
}, 120_000);
