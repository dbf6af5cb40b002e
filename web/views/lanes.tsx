import { endOf } from '../model/lane.ts';
import { hashOf } from '../model/route.ts';
import { Lane } from '../parts/lane.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { now } from '../state/clock.ts';
import { listedIds } from '../state/overview.ts';
import { go } from '../state/route.ts';
import { laneOf, mode, stateChanges, workerIds, workerOf } from '../state/store.ts';
import { moment } from '../state/travel.ts';
import { clockTime, duration } from '../text/format.ts';

const rowHeight = 28;

/** Draws all workers over time, one below the other; its scrubber moves the whole page in time. */
export function Lanes() {
  stateChanges.value;
  const ids = listedIds.value;
  const from = Math.min(...workerIds.value.map((id) => workerOf(id)?.created_at ?? now.value));
  const until = Math.max(
    ...workerIds.value.map((id) => endOf(laneOf(id), mode.value === 'recorded' ? 0 : now.value)),
  );
  const time = moment.value ?? until;
  return (
    <section class="lanes" aria-label="Over time">
      <h2>
        Over time{' '}
        <span class="quiet">
          {clockTime(from).slice(0, 8)} – {clockTime(until).slice(0, 8)}, {duration(until - from)}
        </span>
      </h2>
      <input
        type="range"
        class="scrubber"
        aria-label="Moment"
        aria-valuetext={moment.value === undefined ? 'now' : clockTime(time)}
        min={0}
        max={1_000}
        value={((time - from) / Math.max(1, until - from)) * 1_000}
        onInput={({ currentTarget: { valueAsNumber } }) => {
          const isEnd = valueAsNumber >= 1_000;
          go(isEnd ? {} : { time: from + (valueAsNumber / 1_000) * (until - from) });
        }}
      />
      <VirtualList
        label="Workers over time"
        class="lane-list"
        count={ids.length}
        version={ids}
        heightOf={() => rowHeight}
        keyOf={(index) => ids[index] ?? index}
        row={(index) => {
          const id = ids[index] ?? '';
          return (
            <a class="lane-row" href={hashOf({ worker: id })}>
              <span class="name">{workerOf(id)?.description}</span>
              <Lane marks={laneOf(id)} {...{ from, until }} end={endOf(laneOf(id), until)} />
            </a>
          );
        }}
      />
    </section>
  );
}
