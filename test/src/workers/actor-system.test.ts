import { expect, it } from 'vitest';
import { workerMachine } from '../../../machines/worker.ts';
import { createActorSystem } from '../../../src/workers/actor-system.ts';
import { workerId, workerSpec } from '../fixtures.ts';

it('an actor that breaks at its start is no sign that the server ends', () => {
  const logic = workerMachine.provide({
    actions: {
      requestSlot: () => {
        throw new Error('It breaks.');
      },
    },
  });
  const { start, supervisor } = createActorSystem({
    ...{ slots: 1, logic, now: Date.now, warn() {}, onRecord() {}, recordsOf: () => 0 },
  });
  const input = { spec: workerSpec(), prompt: { id: 'p1', text: 'Do it.' } };
  expect(() => start(workerId(), input)).toThrow('broke');
  supervisor.send({ type: 'DRAIN' });
  expect(() => start(workerId(), input)).toThrow('This server is ending');
});
