import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { supervisorMachine } from '../../machines/supervisor.ts';
import { workerMachine } from '../../machines/worker.ts';

/** Every chart of the project with the file that it is in. */
export const charts = [
  { machine: workerMachine, source: 'machines/worker.ts' },
  { machine: supervisorMachine, source: 'machines/supervisor.ts' },
];

/** Every state of a machine, the outer ones before the inner ones. */
export function statesOf({ root }: AnyStateMachine): AnyStateNode[] {
  const below = (node: AnyStateNode): AnyStateNode[] =>
    Object.values(node.states).flatMap((child) => [child, ...below(child)]);
  return below(root);
}

/** The states that hold no others, as texts such as `spawning.queued`. */
export function leavesOf(machine: AnyStateMachine): Set<string> {
  const leaves = statesOf(machine).filter(({ states }) => Object.keys(states).length === 0);
  return new Set(leaves.map(({ path }) => path.join('.')));
}
