import { useSignal } from '@preact/signals';
import type { Step, WorkerView } from '../../src/projection/contract.ts';
import { stateName } from '../model/group.ts';
import { lastMove } from '../model/steps.ts';
import { Chart } from '../parts/chart.tsx';
import { now } from '../state/clock.ts';
import { stateCounts } from '../state/overview.ts';
import { records } from '../state/records.ts';
import { isPast } from '../state/route.ts';
import { charts } from '../state/store.ts';
import { moment, position } from '../state/travel.ts';
import { duration } from '../text/format.ts';

/** Draws the worker's statechart, with its state and its last transition. */
export function WorkerChart({ worker }: { worker: WorkerView }) {
  const { state, deadline } = worker;
  const isWhole = useSignal(false);
  const step = lastMove(records.value.steps, position.value)?.record;
  const chart = charts.value?.worker;
  const time = isPast.value ? (moment.value ?? now.value) : now.value;
  const left = deadline && duration(deadline.at - time);
  return (
    <section class="worker-chart" aria-label="Statechart">
      <div class="chart-tools">
        <p class="quiet">
          {chart?.states.find((known) => known.state === state)?.description}
          {deadline && ` ${deadline.event} in ${left}.`}
        </p>
        <button
          type="button"
          aria-pressed={isWhole.value}
          onClick={() => {
            isWhole.value = !isWhole.value;
          }}
        >
          Whole chart
        </button>
      </div>
      <Chart
        chart={chart}
        isWhole={isWhole.value}
        label={`Statechart of the worker, which is ${stateName(state)}`}
        lit={{
          state,
          counts: stateCounts.value,
          last: step && { from: step.from, event: step.event.type, targets: targetsOf(step) },
          countdown: left ?? undefined,
        }}
      />
    </section>
  );
}

/** Removes the machine's id, which a record has before each state and the chart has not. */
const targetsOf = ({ edges = [] }: Step['record']): string[] =>
  edges.map((edge) => edge.slice(edge.indexOf('.') + 1));
