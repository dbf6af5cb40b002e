import type { WorkerView } from '../../src/view/contract.ts';
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
  const step = lastMove(records.value.steps, position.value)?.record;
  const chart = charts.value?.worker;
  const time = isPast.value ? (moment.value ?? now.value) : now.value;
  const left = deadline && duration(deadline.at - time);
  return (
    <section class="worker-chart" aria-label="Statechart">
      <p class="quiet">
        {chart?.states.find((known) => known.state === state)?.description}
        {deadline && ` ${deadline.event} in ${left}.`}
      </p>
      <Chart
        chart={chart}
        label={`Statechart of the worker, which is ${stateName(state)}`}
        lit={{
          state,
          counts: stateCounts.value,
          last: step && { from: step.from, event: step.event.type, targets: step.edges ?? [] },
          countdown: left ?? undefined,
        }}
      />
    </section>
  );
}
