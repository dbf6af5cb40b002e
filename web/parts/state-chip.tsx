import { groupOf, groupShapes, stateName } from '../text/group.ts';

/** A state, told by shape, word and colour. */
export function StateChip({ state }: { state: string }) {
  const group = groupOf(state);
  return (
    <span class={`chip is-${group}`}>
      <span aria-hidden="true">{groupShapes[group]}</span> {stateName(state)}
    </span>
  );
}
