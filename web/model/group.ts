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

/** A shape for each group: colour alone must not carry a state. */
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

/** Returns `awaiting permission` for `awaiting_permission`, and the innermost of nested states. */
export function stateName(state: string): string {
  return (state.split('.').at(-1) ?? state).replaceAll('_', ' ');
}

/** True if a turn has ended and the worker can be resumed. */
export const isSettled = (state: string): boolean => state === 'completed' || state === 'failed';

/** True if a turn is in progress and can be stopped. */
export const isStoppable = (state: string): boolean => !isSettled(state) && state !== 'stopping';
