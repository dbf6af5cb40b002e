import { effect } from '@preact/signals';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setBrowser } from '../browser.ts';
import { anyMoment, playRun, snapshot, usualTurn } from '../run.ts';

/** A page that has a listener, and counts how often it asks for a new snapshot. */
async function openStore() {
  const browser = setBrowser();
  const store = await import('../../../web/state/store.ts');
  const asked = { resyncs: 0 };
  const listener = store.createListener(() => {
    asked.resyncs += 1;
  });
  return { browser, store, listener, asked };
}

describe('a snapshot', () => {
  it('puts all of its content on the page, the oldest worker first', async () => {
    const { store, listener } = await openStore();
    const [young, old] = [usualTurn(), playRun([], 2)];
    const workers = [{ ...young.viewAfter(3), created_at: 9 }, old.viewAfter(1)];
    const supervisor = { state: 'open', slots: 2, busy: [old.id], queue: [] };
    listener.snapshot(
      snapshot({ mode: 'recorded', workers, supervisor, lanes: { [old.id]: [[0, 'running']] } }),
    );
    expect(store.workerIds.value).toEqual([old.id, young.id]);
    expect(store.workerOf(young.id)).toEqual(workers[0]);
    expect(store.laneOf(old.id)).toEqual([[0, 'running']]);
    expect(store.laneOf(young.id)).toEqual([]);
    expect(store.supervisor.value).toEqual(supervisor);
    expect([store.mode.value, store.title.value]).toEqual(['recorded', '/logs']);
  });

  it('removes the workers that it has not, and the steps that wait for a frame', async () => {
    const { browser, store, listener, asked } = await openStore();
    const [first, second] = [usualTurn(), playRun([], 2)];
    listener.snapshot(first.snapshotAfter(1));
    listener.steps(first.steps.slice(1));
    listener.snapshot(second.snapshotAfter(1));
    browser.frame();
    expect(store.workerIds.value).toEqual([second.id]);
    expect(store.workerOf(first.id)).toBeUndefined();
    expect(asked.resyncs).toBe(0);
  });
});

describe('the steps of a stream', () => {
  it('are on the page with the next frame, all at once', async () => {
    const { browser, store, listener } = await openStore();
    const { id, steps, viewAfter, snapshotAfter } = usualTurn();
    listener.snapshot(snapshotAfter(1));
    const seen: (number | undefined)[] = [];
    effect(() => void seen.push(store.workerOf(id)?.seq));
    for (const step of steps.slice(1)) listener.steps([step]);
    expect(seen).toEqual([1]);
    expect([browser.frame(), browser.frame()]).toEqual([1, 0]);
    expect(seen).toEqual([1, steps.length]);
    expect(store.workerOf(id)).toEqual(viewAfter(steps.length));
  });

  it('add up with a snapshot of any moment to the worker and its lane on the server', async () => {
    const { browser, store, listener, asked } = await openStore();
    fc.assert(
      fc.property(anyMoment, fc.nat(9), ({ run, count }, overlap) => {
        const { id, steps, snapshotAfter } = run;
        listener.snapshot(snapshot());
        listener.snapshot(snapshotAfter(count));
        listener.steps(steps.slice(Math.max(0, count - overlap)));
        browser.frame();
        const end = snapshotAfter(steps.length);
        expect(store.workerOf(id)).toEqual(end.workers[0]);
        expect(store.laneOf(id)).toEqual(end.lanes[id]);
      }),
      { numRuns: 100 },
    );
    expect(asked.resyncs).toBe(0);
  });

  it('ask for a new snapshot where one is missing', async () => {
    const { browser, store, listener, asked } = await openStore();
    const { id, steps, snapshotAfter } = usualTurn();
    listener.snapshot(snapshotAfter(1));
    listener.steps(steps.slice(2));
    browser.frame();
    expect(asked.resyncs).toBe(1);
    expect(store.workerOf(id)?.seq).toBe(1);
    listener.snapshot(snapshotAfter(steps.length));
    expect(store.workerOf(id)?.seq).toBe(steps.length);
  });

  it('bring a new worker', async () => {
    const { browser, store, listener } = await openStore();
    const { id, steps, viewAfter } = usualTurn();
    listener.snapshot(snapshot());
    expect(store.workerIds.value).toEqual([]);
    listener.steps(steps);
    browser.frame();
    expect(store.workerIds.value).toEqual([id]);
    expect(store.workerOf(id)).toEqual(viewAfter(steps.length));
  });

  it('reach a subscriber once, and not after it has unsubscribed', async () => {
    const { browser, store, listener } = await openStore();
    const { steps, snapshotAfter } = usualTurn();
    const seen: number[] = [];
    const unsubscribe = store.onSteps((shown) => {
      seen.push(...shown.map(({ record }) => record.seq));
    });
    listener.snapshot(snapshotAfter(2));
    listener.steps(steps.slice(0, 3));
    browser.frame();
    listener.steps(steps.slice(1, 4));
    browser.frame();
    unsubscribe();
    listener.steps(steps.slice(4));
    browser.frame();
    expect(seen).toEqual([3, 4]);
  });

  it('of one worker do not redraw another', async () => {
    const { browser, store, listener } = await openStore();
    const [one, other] = [usualTurn(), playRun([], 2)];
    const workers = [one.viewAfter(1), other.viewAfter(1)];
    listener.snapshot(snapshot({ workers }));
    let draws = 0;
    effect(() => {
      store.workerOf(other.id);
      draws += 1;
    });
    listener.steps(one.steps.slice(1));
    browser.frame();
    expect(store.workerOf(one.id)?.seq).toBe(one.steps.length);
    expect(draws).toBe(1);
  });
});

it('the connection and the supervisor are shown as they are sent', async () => {
  const { store, listener } = await openStore();
  listener.connection({ kind: 'lost', why: 'It is gone.' });
  listener.supervisor({ state: 'open', slots: 1, busy: [], queue: ['w'] });
  expect(store.connection.value).toEqual({ kind: 'lost', why: 'It is gone.' });
  expect(store.supervisor.value?.queue).toEqual(['w']);
});
