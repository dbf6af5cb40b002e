import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tools } from '../../src/tools/server.ts';
import { setStage } from '../end-to-end/harness.ts';

const uuid = '12345678-1234-1234-1234-123456789abc';

/** Any value, those that look right more often than they would by themselves. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(uuid, '', ' ', '-x', '../../etc', 'a\u0000b', '\u202e', '__proto__', null, true),
  fc.constantFrom(0, -1, 0.01, 1e308, 2 ** 53, 'all', 'any', 'completed', [uuid], [], {}),
);

const optionNames = [
  ...['model', 'system', 'temperature', 'max_tokens', 'thinking', 'top_p', 'top_k', 'effort'],
  ...['cwd', 'add_dirs', 'allowed_tools', 'timeout_seconds', 'output_schema', 'mcp_config'],
  ...['modle', '__proto__', 'constructor'],
];
const options = fc.dictionary(fc.constantFrom(...optionNames), value, { maxKeys: 3 });

/** Arguments with the names that the tool knows, and at times one that it does not. */
function argumentsOf(names: string[]): fc.Arbitrary<Record<string, unknown>> {
  const known = names.map((name) => [name, name === 'options' ? fc.oneof(value, options) : value]);
  const right = fc.record(Object.fromEntries(known), { requiredKeys: [] });
  return fc.oneof(
    { weight: 4, arbitrary: right },
    {
      weight: 1,
      arbitrary: fc
        .tuple(right, fc.string(), value)
        .map(([args, key, other]) => ({ ...args, [key]: other })),
    },
  );
}

const calls = fc.oneof(
  ...tools.map(({ name, schema }) =>
    fc.record({ name: fc.constant(name), arguments: argumentsOf(Object.keys(schema.shape)) }),
  ),
);

/** One sentence for the caller: it ends as one, and nothing of the inside shows in it. */
function expectSentence(text: string): void {
  expect(text).toMatch(/[.?]$/);
  expect(text).not.toMatch(/undefined|\[object |TypeError|\n\s+at /);
  expect(text.length).toBeLessThan(1000);
}

it('10,000 calls: each has an answer or one sentence, and the server goes on', {
  timeout: 120_000,
}, async () => {
  const stage = await setStage();
  // No process is started: what a worker does is not what is asked here.
  const session = await stage.connect({ env: { AWM_CLAUDE: '/nonexistent/claude' } });
  let refused = 0;
  const call = async (params: { name: string; arguments: Record<string, unknown> }) => {
    const { isError, content, structuredContent } = await session.client.callTool(params);
    const [block] = content as [{ type: string; text: string }];
    if (!isError) {
      expect(JSON.parse(block.text)).toEqual(structuredContent);
      return;
    }
    refused += 1;
    expectSentence(block.text);
  };
  await fc.assert(fc.asyncProperty(calls, call), { numRuns: 10_000, endOnFailure: true });
  expect(refused).toBeGreaterThan(1000);
  expect(refused).toBeLessThan(10_000);
  expect(session.stderr()).toBe('');
});
