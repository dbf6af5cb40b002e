/** Returns a state as text: `spawning.queued` for `{ spawning: 'queued' }`. */
export function stateText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const [[parent, child] = ['', '']] = Object.entries(value);
  return `${parent}.${stateText(child)}`;
}
