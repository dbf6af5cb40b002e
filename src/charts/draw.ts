import type { ChartArrow, ChartLayout, ChartState, Point } from './layout.ts';
import { fontSize, lineHeight } from './metrics.ts';

/** The way of a worker through a chart. */
export interface Way {
  /** The state at its end. */
  active: string;
  isTaken(source: string, target: string): boolean;
  /** Returns how often a state was entered. */
  countOf(state: string): number;
}

const noWay: Way = { active: '', isTaken: () => false, countOf: () => 0 };

/**
 * Draws a statechart as SVG, for the documents, the page and the exports. Each state is a
 * `<g data-state>`, each arrow a `<g data-edge>` with the ids of its transitions. It has classes and
 * no styles: the document around it sets the colours.
 */
export function drawChart(layout: ChartLayout, style = '', way = noWay): string {
  const { id, width, height, states, arrows, starts } = layout;
  const groups = states.filter(({ isGroup }) => isGroup);
  const leaves = states.filter(({ isGroup }) => !isGroup);
  const parts = [
    ...(style === '' ? [] : [`<style>${style}</style>`]),
    `<defs>${arrowHead(id)}</defs>`,
    ...groups.map((state) => drawState(state, way)),
    ...starts.map((start) => drawStart(start, id)),
    ...arrows.map((arrow) => drawArrow(arrow, id, way)),
    ...leaves.map((state) => drawState(state, way)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="${fontSize}" role="img" aria-label="The states of the ${id}">\n${parts.join('\n')}\n</svg>\n`;
}

const arrowHead = (id: string): string =>
  `<marker id="head-${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 L8 4 L0 8 Z"/></marker>`;

function drawState(
  { state, name, description, isGroup, x, y, width, height }: ChartState,
  { active, countOf }: Way,
): string {
  const top = isGroup ? y + 22 : y + height / 2 + 4;
  const middle = x + width / 2;
  return [
    `<g class="${isGroup ? 'group' : 'state'}${active === state ? ' is-active' : ''}" data-state="${escaped(state)}">`,
    `<title>${escaped(description)}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${isGroup ? 14 : 10}"/>`,
    isGroup
      ? `<text class="name" x="${x + 16}" y="${top}">${escaped(name)}</text>`
      : `<text class="name" x="${middle}" y="${top}" text-anchor="middle">${escaped(name)}</text>`,
    `<text class="count" x="${x + width - 10}" y="${top}" text-anchor="end">${countOf(state) || ''}</text>`,
    `<text class="countdown" x="${middle}" y="${y + height - 5}" text-anchor="middle"></text>`,
    '</g>',
  ].join('');
}

function drawArrow(
  { source, target, route, label, transitions }: ChartArrow,
  id: string,
  { isTaken }: Way,
): string {
  const ids = transitions.map((transition) => transition.id).join(' ');
  const whole = transitions.map(({ text }) => text).join('\n');
  const lines = label.lines.map(
    (text, index) =>
      `<tspan x="${label.x + 4}" y="${label.y + 12 + index * lineHeight}">${escaped(text)}</tspan>`,
  );
  return [
    `<g class="edge${isTaken(source, target) ? ' is-taken' : ''}" data-edge="${escaped(ids)}">`,
    `<title>${escaped(whole)}</title>`,
    `<path d="${rounded(route)}" fill="none" marker-end="url(#head-${id})"/>`,
    `<text class="label">${lines.join('')}</text>`,
    '</g>',
  ].join('');
}

function drawStart({ x, y, route }: ChartLayout['starts'][number], id: string): string {
  return `<g class="start"><circle cx="${x}" cy="${y}" r="5"/><path d="${rounded(route)}" fill="none" marker-end="url(#head-${id})"/></g>`;
}

const radius = 8;

/** Returns a path through points, with rounded corners. */
function rounded(points: Point[]): string {
  const [first, ...others] = points;
  if (!first) return '';
  const parts = others.map((point, index) => {
    const next = others[index + 1];
    const before = points[index];
    if (!next || !before) return `L${point.join(' ')}`;
    return `L${towards(point, before).join(' ')} Q${point.join(' ')} ${towards(point, next).join(' ')}`;
  });
  return `M${first.join(' ')} ${parts.join(' ')}`;
}

/** Returns the point one radius from a corner, or half way to a near corner. */
function towards([x, y]: Point, [toX, toY]: Point): Point {
  const length = Math.hypot(toX - x, toY - y) || 1;
  const share = Math.min(radius, length / 2) / length;
  const round = (value: number) => Math.round(value * 10) / 10;
  return [round(x + (toX - x) * share), round(y + (toY - y) * share)];
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
