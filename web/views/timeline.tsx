import { endOf } from '../model/lane.ts';
import { Lane } from '../parts/lane.tsx';
import { now } from '../state/clock.ts';
import { records } from '../state/records.ts';
import { go, isPast } from '../state/route.ts';
import { laneOf, mode, stateChanges } from '../state/store.ts';
import { moment } from '../state/travel.ts';
import { clockTime, duration } from '../text/format.ts';

const scale = 10_000;

/** Draws the worker's states over time; its scrubber goes to any moment of the worker. */
export function Timeline({ id }: { id: string }) {
  stateChanges.value;
  const marks = laneOf(id);
  const { steps } = records.value;
  const from = marks[0]?.[0] ?? now.value;
  const settled = endOf(
    marks,
    mode.value === 'recorded' ? (steps.at(-1)?.record.t ?? from) : now.value,
  );
  const until = Math.max(from + 1, settled, steps.at(-1)?.record.t ?? 0);
  const time = moment.value ?? until;
  const travel = (value: number) => {
    const target = from + (value / scale) * (until - from);
    const step = steps.findLast(({ record }) => record.t <= target) ?? steps[0];
    go(value >= scale || !step ? { worker: id } : { worker: id, seq: step.record.seq });
  };
  return (
    <section class="timeline" aria-label="Timeline">
      <Lane {...{ marks, from, until }} end={endOf(marks, until)} hasLabels />
      <input
        type="range"
        class="scrubber"
        aria-label="Moment"
        aria-valuetext={isPast.value ? clockTime(time) : 'now'}
        min={0}
        max={scale}
        value={((time - from) / (until - from)) * scale}
        disabled={steps.length === 0}
        onInput={({ currentTarget }) => travel(currentTarget.valueAsNumber)}
      />
      <p class="ends quiet">
        <span>{clockTime(from).slice(0, 8)}</span>
        <span>{duration(until - from)}</span>
      </p>
    </section>
  );
}
