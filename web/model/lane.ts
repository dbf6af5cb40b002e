import type { LaneMark } from '../../src/projection/contract.ts';
import { isSettled } from './group.ts';

/** A piece of a bar. Its left edge and its width are fractions of the whole bar. */
export interface Piece {
  state: string;
  left: number;
  width: number;
  ms: number;
}

/** A narrower piece cannot be seen: its neighbour takes its place. */
const narrowest = 1 / 600;

/** Returns the pieces of a bar: at most as many as can be seen, for any number of marks. */
export function segmentsOf(
  marks: readonly LaneMark[],
  { from, until, end }: { from: number; until: number; end: number },
): Piece[] {
  const span = Math.max(1, until - from);
  const pieces: Piece[] = [];
  marks.forEach(([begin, state], index) => {
    const finish = marks[index + 1]?.[0] ?? Math.max(begin, end);
    const left = Math.max(0, (begin - from) / span);
    const right = Math.min(1, (finish - from) / span);
    const previous = pieces.at(-1);
    if (right <= 0 || left > 1) return;
    if (right - left < narrowest && previous && index < marks.length - 1) {
      previous.width = right - previous.left;
      previous.ms += finish - begin;
      return;
    }
    pieces.push({ state, left, width: Math.max(right - left, narrowest), ms: finish - begin });
  });
  return pieces;
}

/** Returns the end of a worker's bar: its last change if it has settled, else now. */
export function endOf(marks: readonly LaneMark[], now: number): number {
  const [t, state] = marks.at(-1) ?? [now, ''];
  return isSettled(state) ? t : Math.max(t, now);
}

/** Returns the state of a worker at a time; undefined before its first mark. */
export function stateAt(lane: readonly LaneMark[], time: number): string | undefined {
  let [low, high] = [0, lane.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lane[middle]?.[0] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return lane[low - 1]?.[1];
}
