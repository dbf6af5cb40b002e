import { expect, it } from 'vitest';
import { openScreen } from '../../demo/screen.ts';
import type { WorkerRow } from '../../src/manager/rows.ts';

const csi = '\u001b[';

function terminal(columns = 80) {
  const written: string[] = [];
  return {
    isTTY: true,
    columns,
    write: (text: string) => written.push(text),
    last: () => written.at(-1) ?? '',
    all: () => written.join(''),
  };
}

function worker(state: string): WorkerRow {
  return {
    worker_id: '1',
    description: 'Review the supervisor',
    state,
    seconds: 3,
    last_activity: `0 s ago: ${'very '.repeat(20)}long`,
    cost_usd: 0.071,
    conversation_history_file_path: '/logs/worker-1.json',
  };
}

it('a live table replaces its last drawing, and each row fits the width', () => {
  const output = terminal();
  const screen = openScreen(output, { NO_COLOR: '1' });
  screen.show([worker('running')]);
  screen.show([worker('completed')]);
  expect(output.last()).toContain(`${csi}3A\r${csi}J`);
  const rows = output.last().split('\n').slice(1, -1);
  expect(rows).toEqual([
    expect.stringMatching(/^worker +state +s +cost +last activity/),
    expect.stringMatching(/^Review the supervisor +completed +3 +\$0\.07 /),
  ]);
  for (const row of rows) expect(row.length).toBeLessThan(80);
});

it('printed lines stay above the live table', () => {
  const output = terminal();
  const screen = openScreen(output, { NO_COLOR: '1' });
  screen.show([worker('running')]);
  screen.print('→ wait {}');
  expect(output.last()).toMatch(/\[J→ wait \{\}\n\nworker .*\nReview the supervisor .*\n$/);
});

it('a closed screen shows the cursor again and leaves no table', () => {
  const output = terminal();
  const screen = openScreen(output, {});
  screen.show([worker('running')]);
  screen.close();
  screen.show([worker('completed')]);
  screen.print('The end.');
  expect(output.all()).toMatch(/\[\?25hThe end\.\n$/);
});

it.each([
  ['NO_COLOR is set', { NO_COLOR: '1' }, false],
  ['it is not', {}, true],
])('states have colours unless NO_COLOR is set: %s', (_, env, isColoured) => {
  const output = terminal();
  openScreen(output, env).show([worker('failed')]);
  expect(output.all().includes(`${csi}31m`)).toBe(isColoured);
});

it.each([
  ['no terminal', { isTTY: false }, {}],
  ['a dumb terminal', {}, { TERM: 'dumb' }],
  ['a terminal of a build', {}, { CI: 'true' }],
])('on %s each state of a worker is one plain line', (_, kind, env) => {
  const output = { ...terminal(), ...kind };
  const screen = openScreen(output, env);
  screen.show([worker('running')]);
  screen.show([worker('running')]);
  screen.show([worker('completed')]);
  screen.close();
  expect(output.all()).toBe(
    '  Review the supervisor: running (3 s, $0.07)\n  Review the supervisor: completed (3 s, $0.07)\n',
  );
});
