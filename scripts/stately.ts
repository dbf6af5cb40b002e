import type { AnyStateMachine } from 'xstate';

/**
 * Returns a machine as code that Stately's editors open: one call with the whole config inside.
 * Stately's extractor reads code without running it, so it finds no state that is a constant.
 */
export function statelyCodeOf(machine: AnyStateMachine): string {
  const { context: _, invoke, ...config } = machine.config;
  const invoked = [invoke ?? []].flat().map(({ id, src }) => ({ id, src }));
  const text = JSON.stringify({ ...config, invoke: invoked }, null, 2);
  return `// Made by \`npm run machines\` from machines/${machine.id}.ts, for Stately's editors.
import { createMachine } from 'xstate';

export const ${machine.id}Machine = createMachine(${text});
`;
}
