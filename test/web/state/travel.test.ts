import { describe, expect, it } from 'vitest';
import { fakeSource, openPage, settle } from '../page.ts';
import { usualTurn } from '../run.ts';

async function openTravel(hash: string, run = usualTurn()) {
  const page = await openPage(hash, [run]);
  page.followRecords(fakeSource({ records: async () => run.steps }));
  await settle();
  return { ...page, run, ...(await import('../../../web/state/travel.ts')) };
}

describe('the shown moment', () => {
  it('is now where the address names no other', async () => {
    const run = usualTurn();
    const { moment, position, selectedView, shownState } = await openTravel(`#/w/${run.id}`, run);
    expect(moment.value).toBeUndefined();
    expect(position.value).toBe(run.steps.length);
    expect(selectedView.value).toEqual(run.viewAfter(run.steps.length));
    expect(shownState(run.id)).toBe('failed');
  });

  it('is that of the record in the address, with the worker as it was after it', async () => {
    const run = usualTurn();
    const { browser, moment, position, selectedView, shownState } = await openTravel('#/', run);
    for (const [index, { record }] of run.steps.entries()) {
      browser.follow(`#/w/${run.id}/e/${record.seq}`);
      await settle();
      expect(position.value).toBe(index + 1);
      expect(moment.value).toBe(record.t);
      expect(selectedView.value).toEqual(run.viewAfter(index + 1));
    }
    browser.follow(`#/w/${run.id}/e/1`);
    expect(shownState(run.id)).toBe('spawning.starting');
  });

  it('is the time in the address, for every worker', async () => {
    const run = usualTurn();
    const { browser, moment, shownState } = await openTravel('#/', run);
    const lane = run.snapshotAfter(run.steps.length).lanes[run.id] ?? [];
    const shown = lane.map(([t]) => {
      browser.follow(`#/t/${t}`);
      expect(moment.value).toBe(t);
      return shownState(run.id);
    });
    expect(shown).toEqual(['spawning.starting', ...lane.slice(1).map(([, state]) => state)]);
    expect(shownState('of another time')).toBeUndefined();
  });
});

describe('stepBy', () => {
  it('goes back from now to the first record, and forward to now', async () => {
    const run = usualTurn();
    const last = run.steps.length;
    const { browser, stepBy } = await openTravel(`#/w/${run.id}`, run);
    for (let back = 0; back < last + 1; back++) stepBy(-1);
    for (let on = 0; on < last + 1; on++) stepBy(1);
    const numbers = browser.addresses.slice(1).map((address) => address.split('/e/')[1]);
    const back = Array.from({ length: last - 1 }, (_, index) => String(last - 1 - index));
    const forward = Array.from({ length: last - 1 }, (_, index) => String(index + 2));
    expect(numbers).toEqual([...back, '1', '1', ...forward, undefined, undefined]);
    expect(browser.depth()).toBe(1);
  });

  it('does nothing where no worker is selected', async () => {
    const { browser, stepBy } = await openTravel('#/');
    stepBy(-1);
    expect(browser.addresses).toEqual(['#/']);
  });
});
