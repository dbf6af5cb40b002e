import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, createMachine } from 'xstate';
import { mermaidOf } from '../../scripts/mermaid.ts';
import { statelyCodeOf } from '../../scripts/stately.ts';
import { charts, statesOf } from './charts.ts';

describe.each(charts)('The diagram of $source', ({ machine, source }) => {
  const diagram = mermaidOf(machine);
  const lines = diagram.split('\n').map((line) => line.trim());

  it('is up to date', async () => {
    const path = source.replace(/ts$/, 'mmd');
    const stored = await readFile(path, 'utf8');

    expect(stored, `${path} is stale: run \`npm run machines\` and commit it.`).toBe(diagram);
  });

  it('contains every state once', () => {
    const drawn = lines
      .filter((line) => line.startsWith('state '))
      .map((line) => line.split(' as '));
    const ids = drawn.map(([, id]) => id?.replace(' {', ''));

    expect(ids).toEqual(statesOf(machine).map(({ path }) => path.join('_')));
  });

  it('has at most one arrow from one state to another', () => {
    const arrows = lines.filter((line) => line.includes('-->')).map((line) => line.split(' : ')[0]);

    expect(arrows.length).toBeGreaterThan(0);
    expect(new Set(arrows).size).toBe(arrows.length);
  });

  it('contains only lines that Mermaid can read', () => {
    const [fence, title, end, kind, ...body] = lines.slice(0, -1);
    expect([fence, end, kind]).toEqual(['---', '---', 'stateDiagram-v2']);
    expect(title).toMatch(/^title: "[^"]+"$/);

    const id = String.raw`(?:\w+|\[\*\])`;
    // No colon, and a semicolon only at the end of a character code.
    const label = String.raw`(?:[^:;#]|#\d+;)+`;
    const readable = new RegExp(
      `^(?:state "[^"]+" as \\w+(?: \\{)?|\\}|\\w+ : ${label}|${id} --> ${id}(?: : ${label})?)$`,
    );
    expect(body.filter((line) => !readable.test(line))).toEqual([]);
  });
});

describe.each(charts)('The copy of $source for Stately', ({ machine, source }) => {
  const path = source.replace(/ts$/, 'stately.js');

  it('is up to date', async () => {
    const stored = await readFile(path, 'utf8');
    expect(stored, `${path} is stale: run \`npm run machines\` and commit it.`).toBe(
      statelyCodeOf(machine),
    );
  });

  it('is a machine with the same states and events', async () => {
    const copy: { default?: unknown } & Record<string, AnyStateMachine> = await import(
      `../../${path}`
    );
    const made = copy[`${machine.id}Machine`];
    const shapeOf = (chart: AnyStateMachine) =>
      statesOf(chart).map(({ id, events }) => [id, events]);
    expect(made && shapeOf(made)).toEqual(shapeOf(machine));
  });
});

describe('A diagram', () => {
  const machine = createMachine({
    id: 'door',
    initial: 'shut',
    on: { RING: { actions: 'chime' } },
    states: {
      shut: {
        description: 'Locked: nobody gets in; knock #1.',
        initial: 'bolted',
        states: {
          bolted: {
            on: {
              UNBOLT: [
                { guard: { type: 'isInside' }, target: 'latched' },
                { target: '#door.broken' },
              ],
            },
          },
          latched: {
            description: 'On the latch: push; or pull.',
            on: { PUSH: '#door.open', PULL: '#door.open', KNOCK: { actions: 'chime' } },
            after: { patience: { target: 'bolted' } },
          },
        },
      },
      open: {
        always: { guard: 'isWindy', target: 'shut' },
        on: { LEAN: { target: 'open', reenter: true } },
      },
      broken: { always: 'gone' },
      gone: { type: 'final' },
    },
  });

  it('shows nested states, guards, delays, merged arrows and the events that do not leave a state', () => {
    expect(mermaidOf(machine).split('\n')).toEqual([
      '---',
      'title: "door (in every state: RING)"',
      '---',
      'stateDiagram-v2',
      '  [*] --> shut',
      '  state "shut: Locked: nobody gets in; knock #1." as shut {',
      '    [*] --> shut_bolted',
      '    state "bolted" as shut_bolted',
      '    state "latched" as shut_latched',
      '    shut_latched : On the latch#58; push#59; or pull.',
      '    shut_latched : stays on KNOCK',
      '  }',
      '  state "open" as open',
      '  open : stays on LEAN',
      '  state "broken" as broken',
      '  state "gone" as gone',
      '  gone --> [*]',
      '  shut_bolted --> shut_latched : UNBOLT [isInside]',
      '  shut_bolted --> broken : UNBOLT [else]',
      '  shut_latched --> open : PUSH<br/>PULL',
      '  shut_latched --> shut_bolted : after patience',
      '  open --> shut : [isWindy]',
      '  broken --> gone',
      '',
    ]);
  });
});
