import { useSignal } from '@preact/signals';
import type { Step, WorkerView } from '../../src/projection/contract.ts';
import { Chart } from '../parts/chart.tsx';
import { now } from '../state/clock.ts';
import { stateCounts } from '../state/overview.ts';
import { lastMove, records } from '../state/records.ts';
import { charts } from '../state/store.ts';
import { isPast, moment, position } from '../state/travel.ts';
import { duration } from '../text/format.ts';
import { stateName } from '../text/group.ts';

/** The machine of the worker, with the way it took. */
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

/** A record names a state with the machine's id before it; the chart does not. */
const targetsOf = ({ edges = [] }: Step['record']): string[] =>
  edges.map((edge) => edge.slice(edge.indexOf('.') + 1));
