import { groupNames, groupOf, groupShapes, stateName } from '../model/group.ts';
import { hashOf } from '../model/route.ts';
import { VirtualList } from '../parts/virtual-list.tsx';
import { now } from '../state/clock.ts';
import { listRows, search } from '../state/overview.ts';
import { selectedId } from '../state/route.ts';
import { connection, workerIds, workerOf } from '../state/store.ts';
import { moment, shownState } from '../state/travel.ts';
import { duration, money } from '../text/format.ts';

const [headerHeight, rowHeight] = [32, 62];

export function WorkerList() {
  const rows = listRows.value;
  const current = rows.findIndex((row) => 'id' in row && row.id === selectedId.value);
  return (
    <nav class="worker-list" aria-label="Workers">
      <input
        type="search"
        placeholder="Search workers  /"
        aria-label="Search workers"
        value={search.value}
        onInput={({ currentTarget }) => {
          search.value = currentTarget.value;
        }}
      />
      {rows.length === 0 ? (
        <Nothing />
      ) : (
        <VirtualList
          label="Workers by group"
          count={rows.length}
          version={rows}
          current={current}
          heightOf={(index) => (keyAt(index).startsWith('group ') ? headerHeight : rowHeight)}
          keyOf={keyAt}
          row={(index) => {
            const row = rows[index];
            if (!row) return null;
            if ('id' in row) return <Row id={row.id} />;
            return (
              <h2 class="group">
                {groupNames[row.group]} <span class="quiet">{row.count}</span>
              </h2>
            );
          }}
        />
      )}
    </nav>
  );

  function keyAt(index: number): string {
    const row = rows[index];
    if (!row) return '';
    return 'id' in row ? row.id : `group ${row.group}`;
  }
}

function Nothing() {
  if (connection.value.kind === 'loading') return <p class="empty">Loading…</p>;
  if (workerIds.value.length > 0) return <p class="empty">No worker fits the search.</p>;
  return (
    <p class="empty">
      No workers yet. They appear here as soon as Claude calls <code>spawn_worker</code>.
    </p>
  );
}

function Row({ id }: { id: string }) {
  const worker = workerOf(id);
  const state = shownState(id);
  if (!worker || state === undefined) return null;
  const group = groupOf(state);
  const isNow = moment.value === undefined;
  return (
    <a
      class="worker-row"
      href={hashOf({ worker: id })}
      aria-current={selectedId.value === id ? 'page' : undefined}
    >
      <span class={`shape is-${group}`} aria-hidden="true">
        {groupShapes[group]}
      </span>
      <span class="name">{worker.description}</span>
      <span class="cost">{money(worker.cost_usd)}</span>
      <span class="state">
        {stateName(state)}
        {isNow && <Age since={worker.since} />}
        {worker.owner === 'foreign' && ' · of another server'}
      </span>
      <span class="last-line">{isNow ? worker.last_line : ''}</span>
    </a>
  );
}

/** Draws the age once a second, so that its row need not. */
function Age({ since }: { since: number }) {
  return <> {duration(now.value - since)}</>;
}
