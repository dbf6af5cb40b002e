import { Chart } from '../parts/chart.tsx';
import type { Source } from '../source/source.ts';
import { openRequests } from '../state/overview.ts';
import { charts, supervisor, workerIds } from '../state/store.ts';
import { Lanes } from './lanes.tsx';
import { Permission } from './permission.tsx';

/** Shows all workers: open requests, states over time, and the supervisor's slots. */
export function Overview({ source }: { source: Source }) {
  const requests = openRequests.value;
  return (
    <div class="overview">
      <h1 class="unseen">All workers</h1>
      <section aria-label="Permission requests">
        <h2>
          Needs you <span class="quiet">{requests.length}</span>
        </h2>
        {requests.length === 0 && <p class="empty">No worker waits for an answer.</p>}
        {requests.map(({ request, worker }) => (
          <Permission key={request.request_id} {...{ request, worker, source }} hasWorkerLink />
        ))}
      </section>
      {workerIds.value.length > 0 && <Lanes />}
      <Supervisor />
    </div>
  );
}

function Supervisor() {
  const view = supervisor.value;
  if (!view) return null;
  const { state, slots, busy, queue } = view;
  return (
    <section class="supervisor" aria-label="Supervisor">
      <h2>
        Supervisor <span class="quiet">{state}</span>
      </h2>
      <p>
        {busy.length} of {slots} slots busy, {queue.length} in the queue
      </p>
      <meter min={0} max={slots} value={busy.length} aria-label="Busy slots" />
      <Chart
        chart={charts.value?.supervisor}
        isWhole
        lit={{ state }}
        label={`Statechart of the supervisor, which is ${state}`}
      />
    </section>
  );
}
