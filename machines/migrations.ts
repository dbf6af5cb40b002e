/** An event of an older chart in the words of this one, as a worker in `state` would have got it. */
export function migrateEvent<Event extends { type: string }>(event: Event, state: string): Event {
  const isHandedOver = state.endsWith('.handed_over');
  // Chart 1 had one hand-armed timer for every way to bring up a follow-up.
  if (event.type === 'START_OVERDUE') {
    const timed = isHandedOver ? state : 'resumed.starting';
    return { ...event, type: `xstate.after.startDeadline.worker.${timed}` };
  }
  // Chart 1 gave up a first turn that was taken over at the deadline of its start.
  if (isHandedOver && event.type === 'xstate.after.startDeadline.worker.spawning.starting') {
    return { ...event, type: `xstate.after.handOverDeadline.worker.${state}` };
  }
  return event;
}

/** Whether a state that a record names is this state, also where an older chart wrote it. */
export function isSameState(recorded: string, state: string): boolean {
  // Chart 1 told by flags what are states of their own now.
  if (recorded === 'resumed') return state.startsWith('resumed.');
  if (recorded === 'spawning.starting' && state === 'spawning.handed_over') return true;
  return recorded === state;
}
