/**
 * Translates an event of an older chart into an event of this chart, for a worker in `state`.
 * @param to The state to which the older chart went.
 */
export function migrateEvent<Event extends { type: string }>(
  event: Event,
  state: string,
  to: string,
): Event {
  // Chart 2 ended a turn at the first refusal of the credentials.
  if (event.type === 'API_RETRIED' && to === 'stopping') {
    return { ...event, type: 'STOP', reason: 'auth' };
  }
  const isHandedOver = state.endsWith('.handed_over');
  // Chart 1 had one timer for all starts of a follow-up.
  if (event.type === 'START_OVERDUE') {
    const timedState = isHandedOver ? state : 'resumed.starting';
    return { ...event, type: `xstate.after.startDeadline.worker.${timedState}` };
  }
  // In chart 1, an adopted first turn failed at the start deadline.
  if (isHandedOver && event.type === 'xstate.after.startDeadline.worker.spawning.starting') {
    return { ...event, type: `xstate.after.handOverDeadline.worker.${state}` };
  }
  return event;
}

/** True if the state that a record names is this state, or the state of an older chart for it. */
export function isSameState(recorded: string, state: string): boolean {
  // Chart 1 had flags for what are now states.
  if (recorded === 'resumed') return state.startsWith('resumed.');
  if (recorded === 'spawning.starting' && state === 'spawning.handed_over') return true;
  return recorded === state;
}
