import type { ChartEdge, ChartView } from '../../src/projection/contract.ts';

/** The lit parts of a chart. */
export interface Lit {
  /** The active state; its parents are lit too. */
  state?: string | undefined;
  counts?: ReadonlyMap<string, number>;
  /** The last transition. */
  last?: { from: string | null; event: string; targets: readonly string[] } | undefined;
  /** The text on the active state. */
  countdown?: string | undefined;
}

/** Returns a function that lights a chart on the page. It touches only the changed elements. */
export function createChartLight(svg: Element, chart: ChartView): (lit: Lit) => void {
  const states = byName(svg, 'data-state');
  const edges = byName(svg, 'data-edge');
  // A worker in a turn is called running, as the state around its parts.
  const leafOf = (name: string) => (states.has(`${name}.turn`) ? `${name}.turn` : name);
  return ({ state: named = '', counts, last, countdown = '' }) => {
    const state = leafOf(named);
    const from = last && { ...last, from: last.from && leafOf(last.from) };
    for (const [name, groups] of states) {
      // The workers in a turn are counted at that part of the state.
      const number = leafOf(name) === name ? (counts?.get(recordedAs(name)) ?? 0) : 0;
      for (const group of groups) {
        group.classList.toggle('is-active', name === state);
        group.classList.toggle('is-within', state.startsWith(`${name}.`));
        group.classList.toggle('is-occupied', number > 0);
        setText(group, '.count', number > 0 ? String(number) : '');
        setText(group, '.countdown', name === state ? countdown : '');
      }
    }
    const [exits, taken] = [new Set<Element>(), new Set<Element>()];
    for (const edge of chart.edges) {
      const groups = edges.get(edge.id) ?? [];
      if (state !== '' && isWithin(state, edge.source)) for (const g of groups) exits.add(g);
      if (from && isTaken(edge, from)) for (const g of groups) taken.add(g);
    }
    for (const group of new Set([...edges.values()].flat())) {
      group.classList.toggle('is-exit', exits.has(group));
      group.classList.toggle('is-last', taken.has(group));
    }
  };
}

const isWithin = (state: string, ancestor: string) =>
  state === ancestor || state.startsWith(`${ancestor}.`);

function isTaken({ source, event, target }: ChartEdge, last: NonNullable<Lit['last']>): boolean {
  if (!isWithin(last.from ?? '', source) || event !== eventOf(last.event)) return false;
  // A record names a state with the machine's id as its prefix.
  return last.targets.some((id) => id === target || id.endsWith(`.${target}`));
}

/** Returns the name that records have for a state of the chart. */
const recordedAs = (state: string): string => state.replace(/^running\.turn$/, 'running');

/** Returns a timer's name in the chart: `after startDeadline` for `xstate.after.startDeadline.worker…`. */
const eventOf = (type: string): string => type.replace(/^xstate\.after\.([^.]+)\..*$/, 'after $1');

/** Indexes the elements by the names in an attribute; an arrow may belong to several edges. */
function byName(svg: Element, attribute: string): Map<string, Element[]> {
  const found = new Map<string, Element[]>();
  for (const element of svg.querySelectorAll(`[${attribute}]`)) {
    for (const name of (element.getAttribute(attribute) ?? '').split(' ')) {
      found.set(name, [...(found.get(name) ?? []), element]);
    }
  }
  return found;
}

/** Sets the state's own text: the group of a state also contains the texts of its children. */
function setText(group: Element, selector: string, text: string): void {
  const found = [...group.querySelectorAll(selector)];
  const own = found.find((element) => element.closest('[data-state]') === group);
  if (own && own.textContent !== text) own.textContent = text;
}
