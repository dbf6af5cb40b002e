import { groupOf, groupShapes, stateName } from '../model/group.ts';

/** Draws a state as a shape, a word and a colour. */
export function StateChip({ state }: { state: string }) {
  const group = groupOf(state);
  return (
    <span class={`chip is-${group}`}>
      <span aria-hidden="true">{groupShapes[group]}</span> {stateName(state)}
    </span>
  );
}
