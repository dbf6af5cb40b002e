import type { LaneMark } from '../../src/projection/contract.ts';

/** A piece of a bar: where it begins and how wide it is, as parts of the whole. */
export interface Piece {
  state: string;
  left: number;
  width: number;
  ms: number;
}

/** Narrower pieces than this part of the bar cannot be seen; they go to their neighbour. */
const narrowest = 1 / 600;

/** The pieces of a bar. However many marks there are, no more come out than can be seen. */
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

/** When a worker's bar ends: at its last change when it has settled, else now. */
export function endOf(marks: readonly LaneMark[], now: number): number {
  const [t, state] = marks.at(-1) ?? [now, ''];
  return state === 'completed' || state === 'failed' ? t : Math.max(t, now);
}
