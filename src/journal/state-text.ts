/**
 * Returns a state as text: `spawning.queued` for `{ spawning: 'queued' }`. A worker in a turn is `running`,
 * as in journals of charts in which that state had no parts.
 */
export function stateText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const [[parent, child] = ['', '']] = Object.entries(value);
  return parent === 'running' && child === 'turn' ? 'running' : `${parent}.${stateText(child)}`;
}
