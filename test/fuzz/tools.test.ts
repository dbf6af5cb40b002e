import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tools } from '../../src/mcp/tools.ts';
import { type Session, setStage } from '../end-to-end/harness.ts';

/** The number of calls, and how many of them run together. */
const [calls, atOnce] = [10_000, 10];

/** Texts with a meaning somewhere: paths, flags, markup, ids, other alphabets. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...['', ' ', '../../etc/passwd', '/', '-p', '--help', '\0', '__proto__', 'constructor'],
    ...['00000000-0000-4000-8000-000000000000', '\u202e', '$HOME', '$(id)', '%s', 'null'],
  ),
  fc.constant('x'.repeat(10_000)),
);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-1, 0, 1e308, 2 ** 53));
const value: fc.Arbitrary<unknown> = fc.oneof(
  ...[text, number, fc.boolean(), fc.constant(null)],
  ...[fc.array(text, { maxLength: 3 }), fc.jsonValue({ maxDepth: 3 })],
);

/** Makes objects with keys of a schema, and sometimes an unknown key. */
function fieldsOf(keys: string[], inner: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  const entry = fc.tuple(
    fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...keys) }, text),
    inner,
  );
  return fc.array(entry, { maxLength: 6 }).map((entries) => Object.fromEntries(entries));
}

const options = fieldsOf(
  [
    'model',
    'system',
    'temperature',
    'cwd',
    'add_dirs',
    'allowed_tools',
    'output_schema',
    'mcp_config',
  ],
  value,
);
const call = fc.oneof(
  ...tools.map(({ name, schema }) =>
    fc.record({
      name: fc.constant(name),
      arguments: fieldsOf(
        Object.keys(schema.shape),
        fc.oneof({ weight: 5, arbitrary: value }, options),
      ),
    }),
  ),
);

async function check(session: Session, given: { name: string; arguments: object }): Promise<void> {
  // A valid wait would last until its time-out.
  const args = given.name === 'wait' ? { ...given.arguments, timeout_seconds: 0 } : given.arguments;
  const result = await session.client.callTool({ name: given.name, arguments: { ...args } });
  const [block] = Array.isArray(result.content) ? result.content : [];
  const text = block?.type === 'text' ? block.text : '';
  if (!result.isError) return expect(JSON.parse(text)).toEqual(result.structuredContent);
  expect(text.length).toBeGreaterThan(10);
  expect(text.length).toBeLessThan(2_000);
  // The words of a fault inside the server; a wrong call gets a sentence instead.
  expect(text).not.toMatch(/TypeError|RangeError|undefined|\bat .*:\d+:\d+|\[object/);
}

it('every tool returns a result or a clear sentence for any arguments', async () => {
  const stage = await setStage();
  const session = await stage.connect({ env: { AWM_CLAUDE: '/nowhere/claude' } });
  const batch = fc.array(call, { minLength: atOnce, maxLength: atOnce });
  await fc.assert(
    fc.asyncProperty(batch, async (list) => {
      await Promise.all(list.map((given) => check(session, given)));
    }),
    { numRuns: calls / atOnce, endOnFailure: true },
  );
  expect(session.stderr()).toBe('');
  expect((await session.client.listTools()).tools).toHaveLength(tools.length);
}, 180_000);
