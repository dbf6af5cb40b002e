import { drawChart, type Way } from './draw.ts';
import type { ChartLayout } from './layout.ts';

/** The light and dark colours of a chart in a file of its own. */
const style = `
.chart { color-scheme: light dark; --ink: #1f2430; --soft: #667085; --line: #98a2b3; --box: #ffffff; --group: #f4f6fa; --paper: #ffffff; }
@media (prefers-color-scheme: dark) { .chart { --ink: #e6e9ef; --soft: #98a2b3; --line: #5d6675; --box: #1b2130; --group: #141926; --paper: #0d1117; } }
.state rect { fill: var(--box); stroke: var(--line); stroke-width: 1.2 }
.group rect { fill: var(--group); stroke: var(--line); stroke-dasharray: 4 3 }
.name { fill: var(--ink); font-weight: 600 }
.label { fill: var(--soft); font-size: 11px }
.edge path, .start path { stroke: var(--line); stroke-width: 1.2 }
.head { fill: var(--line); stroke: none }
.is-taken path { stroke: #c2410c; stroke-width: 2.4 }
.is-taken .label { fill: #c2410c; font-weight: 700 }
.is-active rect { stroke: #c2410c; stroke-width: 2.5 }
.count { fill: #c2410c; font-weight: 700 }
.start circle { fill: var(--ink) }
`;

/** Draws a chart as a file of its own. */
export const standaloneChart = (layout: ChartLayout, way?: Way): string =>
  drawChart(layout, style, way);
