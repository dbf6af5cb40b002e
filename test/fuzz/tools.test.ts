import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tools } from '../../src/mcp/tools.ts';
import { type Session, setStage } from '../end-to-end/harness.ts';

/** How many calls in all, and how many of them at once. */
const [calls, atOnce] = [10_000, 10];

/** Texts that mean something to somebody: paths, flags, markup, ids, other alphabets. */
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

/** Keys of a schema, and now and then one that it does not have. */
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

async function check(
  session: Session,
  request: { name: string; arguments: object },
): Promise<void> {
  // A wait that is right would last as long as it says.
  const args =
    request.name === 'wait' ? { ...request.arguments, timeout_seconds: 0 } : request.arguments;
  const result = await session.client.callTool({ name: request.name, arguments: { ...args } });
  const [block] = Array.isArray(result.content) ? result.content : [];
  const said = block?.type === 'text' ? block.text : '';
  if (!result.isError) return expect(JSON.parse(said)).toEqual(result.structuredContent);
  expect(said.length).toBeGreaterThan(10);
  expect(said.length).toBeLessThan(2_000);
  // What goes wrong inside reads like this; a wrong call is told what to do instead.
  expect(said).not.toMatch(/TypeError|RangeError|undefined|\bat .*:\d+:\d+|\[object/);
}

it('every tool answers whatever it is given with a result or a clear sentence', async () => {
  const stage = await setStage();
  const session = await stage.connect({ env: { AWM_CLAUDE: '/nowhere/claude' } });
  const batch = fc.array(call, { minLength: atOnce, maxLength: atOnce });
  await fc.assert(
    fc.asyncProperty(batch, async (requests) => {
      await Promise.all(requests.map((request) => check(session, request)));
    }),
    { numRuns: calls / atOnce, endOnFailure: true },
  );
  expect(session.stderr()).toBe('');
  expect((await session.client.listTools()).tools).toHaveLength(tools.length);
}, 180_000);
