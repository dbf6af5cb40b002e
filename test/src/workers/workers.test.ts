import { filter, firstValueFrom } from 'rxjs';
import { expect, it } from 'vitest';
import { watchPhases } from '../../../src/manager/phases.ts';
import type { WorkerActor } from '../../../src/workers/worker-actor.ts';
import { setStage } from '../stage.ts';

/** Counts the subscriptions to an actor that begin and that end. */
function countSubscriptions(actor: WorkerActor | undefined) {
  const counts = { begun: 0, ended: 0 };
  if (!actor) throw new Error('There is no such worker.');
  const subscribe = actor.subscribe.bind(actor);
  actor.subscribe = (observer: object) => {
    counts.begun += 1;
    const subscription = subscribe(observer);
    return {
      unsubscribe() {
        counts.ended += 1;
        subscription.unsubscribe();
      },
    };
  };
  return counts;
}

it('a spawn during a wait subscribes to no other worker again', async () => {
  const { manager, spawn, until, wait } = await setStage();
  const ids = [await spawn({ hang: true }), await spawn({ hang: true })];
  for (const id of ids) await until(id, 'running');
  const counts = ids.map((id) => countSubscriptions(manager.workers.find(id)));

  const lines: string[] = [];
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const cancel = new AbortController();
  const waiting = wait({
    signal: cancel.signal,
    onProgress(line) {
      lines.push(line);
      if (line.startsWith('0 of 4')) resolve();
    },
  });
  await spawn({ hang: true });
  await spawn({ hang: true });
  await promise;
  expect(lines).toContain('0 of 2 done, $0.00');
  expect(counts).toEqual([
    { begun: 1, ended: 0 },
    { begun: 1, ended: 0 },
  ]);

  cancel.abort(new Error('cancelled'));
  await expect(waiting).rejects.toThrow('cancelled');
  await new Promise(setImmediate);
  expect(counts).toEqual([
    { begun: 1, ended: 1 },
    { begun: 1, ended: 1 },
  ]);
});

it('a reader of phases that leaves when the list of workers changes leaves nothing behind', async () => {
  const { manager, spawn, until } = await setStage();
  const id = await spawn({ hang: true });
  await until(id, 'running');
  const counts = countSubscriptions(manager.workers.find(id));
  const phases = watchPhases(manager.workers, undefined);
  const last = firstValueFrom(phases.pipe(filter(({ length }) => length === 2)));
  await spawn({ hang: true });
  await last;
  await new Promise(setImmediate);
  expect(counts).toEqual({ begun: 1, ended: 1 });
});

it('the actors of workers have numbers as ids, which are used again after workers are done with', async () => {
  const { manager, spawn, until, wait, insideOf } = await setStage();
  const keys = () => Object.keys(manager.workers.supervisor.getSnapshot().children);
  const first = await spawn();
  const second = await spawn({ hang: true });
  await until(second, 'running');
  expect(keys()).toEqual(['0', '1']);

  await wait({ worker_ids: [first] });
  const gone = new Promise<void>((resolve) => {
    manager.workers.supervisor.subscribe(() => keys().length === 1 && resolve());
  });
  insideOf(first)?.leave({ code: 0, signal: null });
  await gone;
  const third = await spawn({ hang: true });
  await until(third, 'running');
  expect(keys()).toEqual(['0', '1']);
  expect(manager.workers.liveIds()).toEqual([second, third]);
  // A parked worker is data without an actor.
  expect(Object.keys(manager.workers.parked.get(first) ?? {})).toEqual(['value', 'context']);
});
