/** The groups in which workers are listed, the most urgent first. */
export const groups = ['needs', 'working', 'queued', 'failed', 'done'] as const;
export type Group = (typeof groups)[number];

export const groupNames: Record<Group, string> = {
  needs: 'Needs you',
  working: 'Working',
  queued: 'Queued',
  failed: 'Failed',
  done: 'Done',
};

/** A shape for each group, so that no state is told by its colour alone. */
export const groupShapes: Record<Group, string> = {
  needs: '◆',
  working: '●',
  queued: '○',
  failed: '✕',
  done: '✓',
};

export function groupOf(state: string): Group {
  if (state === 'awaiting_permission') return 'needs';
  if (state.endsWith('.queued')) return 'queued';
  if (state === 'completed') return 'done';
  return state === 'failed' ? 'failed' : 'working';
}

/** `awaiting permission` for `awaiting_permission`; of nested states the innermost. */
export function stateName(state: string): string {
  return (state.split('.').at(-1) ?? state).replaceAll('_', ' ');
}

/** Whether a turn is under way, so that it can be stopped. */
export const isUnderWay = (state: string): boolean =>
  !['completed', 'failed', 'stopping'].includes(state);
