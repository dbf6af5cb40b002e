import { workerMachine } from '../../machines/worker.ts';
import type { Step, WorkerView } from '../projection/contract.ts';
import type { ExportInput } from './input.ts';

/**
 * Exports the run as the inspection events that Stately's inspector reads, in their order.
 * Source: the types of @statelyai/inspect 0.7 (StatelyInspectionEvent).
 */
export async function statelyOf({ source, workers: [worker] }: ExportInput): Promise<string> {
  const { steps } = await source.records(worker.worker_id);
  const view: Partial<WorkerView> = {};
  const events = steps.flatMap((step, index) => {
    Object.assign(view, step.patch);
    return eventsOf(step, { ...view }, worker, index === 0);
  });
  return `${JSON.stringify(events, null, 2)}\n`;
}

function eventsOf(
  { record }: Step,
  context: Partial<WorkerView>,
  { worker_id, description }: WorkerView,
  isFirst: boolean,
): object[] {
  const common = {
    ...{ name: description, sessionId: worker_id, rootId: worker_id },
    ...{ createdAt: String(record.t), _version: '0.7.0' },
  };
  const snapshot = { status: 'active', value: stateOf(record.to), context };
  if (isFirst) {
    return [
      { ...common, type: '@xstate.actor', id: 'actor:0', snapshot, definition: definition() },
    ];
  }
  const { event, seq } = record;
  return [
    { ...common, type: '@xstate.event', id: `event:${seq}`, event, sourceId: undefined },
    { ...common, type: '@xstate.snapshot', id: `snapshot:${seq}`, event, snapshot },
  ];
}

/** Returns the machine as JSON, from which Stately can make a machine: a function becomes its name. */
const definition = (): string =>
  JSON.stringify(workerMachine.config, (_, value: unknown) =>
    typeof value === 'function' ? { type: value.name } : value,
  );

/** Returns `{ spawning: 'queued' }` for `spawning.queued`. */
function stateOf(state: string): string | Record<string, string> {
  const [parent = '', child] = state.split('.');
  return child === undefined ? parent : { [parent]: child };
}
