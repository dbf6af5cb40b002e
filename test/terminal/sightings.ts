import type { Sighting } from '../../src/cli/overview.ts';
import { workerId } from '../src/fixtures.ts';

/** A worker as it was seen at the second 100. */
export function sighting(fields: Partial<Sighting> = {}): Sighting {
  return {
    worker_id: workerId(),
    description: 'A test worker',
    state: 'running',
    standing: 'working',
    isTended: true,
    since: 90_000,
    createdAt: 80_000,
    cost_usd: 0,
    lastLine: '',
    ...fields,
  };
}
