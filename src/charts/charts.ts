import type { ChartsAnswer, ChartView } from '../view/contract.ts';
import { drawChart } from './draw.ts';
import type { ChartLayout } from './layout.ts';
import supervisor from './supervisor.json' with { type: 'json' };
import worker from './worker.json' with { type: 'json' };

/** Both statecharts as the page shows them. */
export function charts(): ChartsAnswer {
  // Written by scripts/machines.ts from a ChartLayout; JSON has no tuples.
  return {
    worker: viewOf(worker as unknown as ChartLayout),
    supervisor: viewOf(supervisor as unknown as ChartLayout),
  };
}

function viewOf(layout: ChartLayout): ChartView {
  return {
    svg: drawChart(layout),
    states: layout.states.map(({ state, description }) => ({ state, description })),
    edges: layout.arrows.flatMap(({ source, target, transitions }) =>
      transitions.map(({ id, event, guard }) => ({
        ...{ id, source, event, target },
        ...(guard === undefined ? {} : { guard }),
      })),
    ),
  };
}
