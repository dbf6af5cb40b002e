import type { LaneMark } from '../../src/projection/contract.ts';
import { groupOf, stateName } from '../model/group.ts';
import { segmentsOf } from '../model/lane.ts';
import { duration } from '../text/format.ts';

interface LaneProps {
  marks: readonly LaneMark[];
  /** The time span of the whole bar. */
  from: number;
  until: number;
  /** The end of the worker's own time. */
  end: number;
  hasLabels?: boolean;
}

/** Draws a worker's states over time, one piece for each. */
export function Lane({ marks, from, until, end, hasLabels }: LaneProps) {
  const pieces = segmentsOf(marks, { from, until, end });
  const text = pieces.map(({ state, ms }) => `${stateName(state)} ${duration(ms)}`).slice(-12);
  return (
    <div class="lane" role="img" aria-label={`States over time: ${text.join(', ')}`}>
      {pieces.map(({ state, left, width, ms }) => (
        <div
          key={left}
          class={`piece is-${groupOf(state)}`}
          title={`${stateName(state)}, ${duration(ms)}`}
          style={{ left: `${left * 100}%`, width: `${width * 100}%` }}
        >
          {hasLabels && width > 0.08 ? stateName(state) : null}
        </div>
      ))}
    </div>
  );
}
