import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { labels, layoutOf } from '../../../scripts/layout.ts';
import { charts } from '../../../src/charts/charts.ts';
import { standaloneChart } from '../../../src/charts/standalone.ts';
import { charts as machines, statesOf } from '../../machines/charts.ts';

const views = charts();

describe.each(machines)('The drawn chart of $source', ({ machine }) => {
  const view = machine.id === 'worker' ? views.worker : views.supervisor;

  it('has the layout of the current machine', async () => {
    const narrow = await layoutOf(machine, labels.short);
    const advice = 'is stale: run `npm run machines` and commit it.';
    const json = await readFile(`src/charts/${machine.id}.json`, 'utf8');
    expect(JSON.parse(json), `src/charts/${machine.id}.json ${advice}`).toEqual(narrow);
    const whole = await layoutOf(machine, labels.whole);
    const svg = await readFile(`machines/${machine.id}.svg`, 'utf8');
    expect(svg, `machines/${machine.id}.svg ${advice}`).toBe(standaloneChart(whole));
  });

  it('has a group for every state, and a group for every arrow with the ids of its edges', () => {
    const names = statesOf(machine).map(({ path }) => path.join('.'));
    expect(view.states.map(({ state }) => state)).toEqual(names);
    for (const name of names) expect(view.svg).toContain(`data-state="${name}"`);
    const ids = [...view.svg.matchAll(/data-edge="([^"]+)"/g)].flatMap(([, list = '']) =>
      list.replaceAll('&#62;', '>').split(' '),
    );
    expect(ids.toSorted()).toEqual(view.edges.map(({ id }) => id).toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('leads from a state of the machine to a state of the machine', () => {
    const names = view.states.map(({ state }) => state);
    for (const { source, target } of view.edges) {
      expect(names).toEqual(expect.arrayContaining([source, target]));
      expect(source).not.toBe(target);
    }
  });

  it('contains no style and no script, which a strict page would refuse', () => {
    expect(view.svg.match(/style=|<style|<script|href=|\son\w+=/i)).toBeNull();
  });

  it('draws no state over another, except over its parent', async () => {
    const { states } = await layoutOf(machine, labels.short);
    const leaves = states.filter(({ isGroup }) => !isGroup);
    for (const [index, one] of leaves.entries()) {
      for (const other of leaves.slice(index + 1)) {
        const isApart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        expect(isApart, `${one.state} and ${other.state}`).toBe(true);
      }
    }
  });
});
