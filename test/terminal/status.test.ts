import { expect, it } from 'vitest';
import { statusLine } from '../../src/cli/status.ts';
import { sighting } from './sightings.ts';

it('all workers are one line: how many are at what, and what they cost', () => {
  const working = sighting({ cost_usd: 0.25 });
  const settled = sighting({ state: 'completed', standing: 'completed', cost_usd: 0.13 });
  const queued = sighting({ state: 'spawning.queued', standing: 'queued' });
  const line = statusLine([working, settled, working, queued, settled, working]);
  expect(line).toBe('3▶ 1⏳ 2✓ $1.01');
});

it('whoever asks, has failed or is missed has a sign of its own', () => {
  const line = statusLine([
    sighting({ standing: 'interrupted?' }),
    sighting({ standing: 'failed' }),
    sighting({ standing: 'asking' }),
    sighting({ standing: 'asking' }),
  ]);
  expect(line).toBe('2✋ 1✗ 1? $0.00');
});

it('no workers are said to be none', () => {
  expect(statusLine([])).toBe('no workers');
});
