import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { workerMachine } from '../../machines/worker.ts';

/** All charts of the project, with their files. */
export const charts = [
  { machine: workerMachine, source: 'machines/worker.ts' },
  { machine: supervisorMachine, source: 'machines/supervisor.ts' },
];

/** Returns all states of a machine, each before its substates. */
export function statesOf({ root }: AnyStateMachine): AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] =>
    Object.values(node.states).flatMap((child) => [child, ...below(child)]);
  return below(root);
}

/** Returns the states without substates, as texts such as `spawning.queued`. */
export function leavesOf(machine: AnyStateMachine): Set<string> {
  const leaves = statesOf(machine).filter(({ states }) => Object.keys(states).length === 0);
  return new Set(leaves.map(({ path }) => path.join('.')));
}
