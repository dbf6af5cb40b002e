import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/projection/contract.ts';
import { fakeSource, openPage, settle } from '../page.ts';
import { playRun, usualTurn } from '../run.ts';

/** A source whose records a test hands out, or refuses, when it wants. */
function createShelf() {
  const asked: { id: string; give(steps: Step[]): void; refuse(why: string): void }[] = [];
  const source = fakeSource({
    records: (id) =>
      new Promise((resolve, reject) => {
        asked.push({ id, give: resolve, refuse: (why) => reject(new Error(why)) });
      }),
  });
  return { asked, source };
}

describe('the records of the selected worker', () => {
  it('are loaded, and grow with the stream', async () => {
    const run = usualTurn();
    const page = await openPage(`#/w/${run.id}`, [run], 3);
    const { asked, source } = createShelf();
    page.followRecords(source);
    expect(page.records.value).toEqual({ worker: run.id, steps: [], isLoading: true });
    asked[0]?.give(run.steps.slice(0, 3));
    await settle();
    expect(page.records.value).toEqual({
      ...{ worker: run.id, isLoading: false, steps: run.steps.slice(0, 3) },
    });
    page.draw(run.steps.slice(3, 5));
    expect(page.records.value.steps).toEqual(run.steps.slice(0, 5));
  });

  it('have each step once when the stream is faster than the load', async () => {
    const run = usualTurn();
    const page = await openPage(`#/w/${run.id}`, [run], 3);
    const { asked, source } = createShelf();
    page.followRecords(source);
    page.draw(run.steps.slice(3, 6));
    asked[0]?.give(run.steps.slice(0, 5));
    await settle();
    expect(page.records.value.steps).toEqual(run.steps.slice(0, 6));
  });

  it('have no step of another worker', async () => {
    const [run, other] = [usualTurn(), playRun([{ type: 'STOP' }], 2)];
    const page = await openPage(`#/w/${run.id}`, [run, other], 1);
    const { asked, source } = createShelf();
    page.followRecords(source);
    asked[0]?.give(run.steps.slice(0, 1));
    await settle();
    page.draw([...other.steps.slice(1), ...run.steps.slice(1)]);
    expect(page.records.value.steps).toEqual(run.steps);
  });

  it('are of the worker that was selected last, whichever load ends first', async () => {
    const [run, other] = [usualTurn(), playRun([], 2)];
    const page = await openPage(`#/w/${run.id}`, [run, other]);
    const { asked, source } = createShelf();
    page.followRecords(source);
    page.browser.follow(`#/w/${other.id}`);
    expect(asked.map(({ id }) => id)).toEqual([run.id, other.id]);
    asked[1]?.give(other.steps);
    await settle();
    asked[0]?.give(run.steps);
    await settle();
    expect(page.records.value).toEqual({
      ...{ worker: other.id, steps: other.steps, isLoading: false },
    });
  });

  it('are loaded again after a new snapshot, and shown meanwhile', async () => {
    const run = usualTurn();
    const page = await openPage(`#/w/${run.id}`, [run], 2);
    const { asked, source } = createShelf();
    page.followRecords(source);
    asked[0]?.give(run.steps.slice(0, 2));
    await settle();
    page.show(undefined);
    expect(asked).toHaveLength(2);
    expect(page.records.value.steps).toEqual(run.steps.slice(0, 2));
    asked[1]?.give(run.steps);
    await settle();
    expect(page.records.value.steps).toEqual(run.steps);
  });

  it('are not loaded before the first snapshot, nor where no worker is selected', async () => {
    const run = usualTurn();
    const page = await openPage('#/', [run]);
    const { asked, source } = createShelf();
    page.followRecords(source);
    expect(asked).toEqual([]);
    page.browser.follow(`#/w/${run.id}`);
    expect(asked).toHaveLength(1);
    page.store.epoch.value = 0;
    page.browser.follow('#/w/other');
    expect(asked).toHaveLength(1);
  });

  it('say why they cannot be loaded', async () => {
    const run = usualTurn();
    const page = await openPage(`#/w/${run.id}`, [run]);
    const { asked, source } = createShelf();
    page.followRecords(source);
    asked[0]?.refuse('There is no such worker.');
    await settle();
    expect(page.records.value).toEqual({
      ...{ worker: run.id, steps: [], isLoading: false, error: 'There is no such worker.' },
    });
  });
});
