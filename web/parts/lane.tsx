import type { LaneMark } from '../../src/projection/contract.ts';
import { duration } from '../text/format.ts';
import { groupOf, stateName } from '../text/group.ts';
import { segmentsOf } from '../text/lane.ts';

interface LaneProps {
  marks: readonly LaneMark[];
  /** The span of time that the bar stands for. */
  from: number;
  until: number;
  /** Where this worker's own time ends. */
  end: number;
  hasLabels?: boolean;
}

/** What a worker did over time: one piece for each state. */
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
