import { expect, it } from 'vitest';
import { statusLine } from '../../../src/cli/status.ts';
import { workerStatus } from './worker-status.ts';

it('the line counts the workers of each status and adds their cost', () => {
  const working = workerStatus({ cost_usd: 0.25 });
  const settled = workerStatus({ state: 'completed', status: 'completed', cost_usd: 0.13 });
  const queued = workerStatus({ state: 'spawning.queued', status: 'queued' });
  const line = statusLine([working, settled, working, queued, settled, working]);
  expect(line).toBe('3▶ 1⏳ 2✓ $1.01');
});

it('a worker that asks, failed or was interrupted has its own sign', () => {
  const line = statusLine([
    workerStatus({ status: 'interrupted?' }),
    workerStatus({ status: 'failed' }),
    workerStatus({ status: 'asking' }),
    workerStatus({ status: 'asking' }),
  ]);
  expect(line).toBe('2✋ 1✗ 1? $0.00');
});

it('the line says when there are no workers', () => {
  expect(statusLine([])).toBe('no workers');
});
