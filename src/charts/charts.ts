import type { ChartsResponse, ChartView } from '../projection/contract.ts';
import { drawChart } from './draw.ts';
import type { ChartLayout } from './layout.ts';
import supervisor from './supervisor.json' with { type: 'json' };
import worker from './worker.json' with { type: 'json' };

/** Both statecharts as they were laid out; written by scripts/machines.ts, and JSON has no tuples. */
export const layouts = {
  worker: worker as unknown as ChartLayout,
  supervisor: supervisor as unknown as ChartLayout,
};

/** Both statecharts as the page shows them. */
export function charts(): ChartsResponse {
  return { worker: viewOf(layouts.worker), supervisor: viewOf(layouts.supervisor) };
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
