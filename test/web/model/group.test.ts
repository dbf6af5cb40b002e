import { expect, it } from 'vitest';
import { workerMachine } from '../../../machines/worker.ts';
import { groupOf, isSettled, isStoppable, stateName } from '../../../web/model/group.ts';
import { leavesOf } from '../../machines/charts.ts';

const states = [...leavesOf(workerMachine)].toSorted();

it('every state of the chart of a worker is in a group and has a short name', () => {
  expect(states.map((state) => [state, groupOf(state), stateName(state)])).toEqual([
    ['awaiting_permission', 'needs', 'awaiting permission'],
    ['completed', 'done', 'completed'],
    ['failed', 'failed', 'failed'],
    ['resumed.handed_over', 'working', 'handed over'],
    ['resumed.queued', 'queued', 'queued'],
    ['resumed.starting', 'working', 'starting'],
    ['running.background', 'working', 'background'],
    ['running.turn', 'working', 'turn'],
    ['spawning.handed_over', 'working', 'handed over'],
    ['spawning.queued', 'queued', 'queued'],
    ['spawning.starting', 'working', 'starting'],
    ['stopping', 'working', 'stopping'],
  ]);
});

it('a settled worker can be resumed, and a worker in a turn can be stopped', () => {
  expect(states.filter(isSettled)).toEqual(['completed', 'failed']);
  expect(states.filter((state) => !isStoppable(state))).toEqual([
    'completed',
    'failed',
    'stopping',
  ]);
});
