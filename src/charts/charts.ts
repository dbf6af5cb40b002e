import type { ChartsResponse, ChartView } from '../projection/contract.ts';
import { drawChart } from './draw.ts';
import type { ChartLayout } from './layout.ts';
import supervisor from './supervisor.json' with { type: 'json' };
import worker from './worker.json' with { type: 'json' };

/** The layouts of both statecharts. scripts/machines.ts writes them; JSON has no tuples, hence `unknown`. */
export const layouts = {
  worker: worker as unknown as ChartLayout,
  supervisor: supervisor as unknown as ChartLayout,
};

/** Draws both statecharts for the page. */
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
