import { describe, expect, it } from 'vitest';
import { FakeTextArea } from '../browser.ts';
import { fakeSource, openPage, settle } from '../page.ts';
import { playRun, usualTurn } from '../run.ts';

/** A page with one failed worker and two queued ones, that listens to keys. */
async function openKeys(hash = '#/') {
  const runs = [usualTurn(), playRun([], 2), playRun([], 3)];
  const page = await openPage(hash, runs);
  page.followRecords(
    fakeSource({ records: async (id) => runs.find((run) => run.id === id)?.steps ?? [] }),
  );
  await settle();
  const { isHelpOpen, keyHelp, listenToKeys } = await import('../../../web/state/keys.ts');
  const { route } = await import('../../../web/state/route.ts');
  const { listedIds } = await import('../../../web/state/overview.ts');
  listenToKeys();
  return { ...page, runs, isHelpOpen, keyHelp, route, ids: listedIds.value };
}

describe('a key', () => {
  it('j or k goes to the next or the previous worker in the list', async () => {
    const { browser, route, ids } = await openKeys();
    const shown = ['j', 'j', 'j', 'j', 'k'].map((key) => {
      browser.press(key);
      return route.value.worker;
    });
    expect(ids).toHaveLength(3);
    expect(shown).toEqual([ids[0], ids[1], ids[2], ids[2], ids[1]]);
  });

  it('← or → steps through the past of the worker', async () => {
    const run = usualTurn();
    const { browser, route } = await openKeys(`#/w/${run.id}`);
    browser.press('ArrowLeft');
    browser.press('ArrowLeft');
    expect(route.value).toEqual({ worker: run.id, seq: run.steps.length - 2 });
    browser.press('ArrowRight');
    expect(route.value).toEqual({ worker: run.id, seq: run.steps.length - 1 });
  });

  it('Esc leaves the past, then the worker', async () => {
    const run = usualTurn();
    const { browser, route } = await openKeys(`#/w/${run.id}/e/2`);
    browser.press('Escape');
    expect(route.value).toEqual({ worker: run.id });
    browser.press('Escape');
    expect(route.value).toEqual({});
  });

  it('/ focuses the last search field that is visible', async () => {
    const { browser } = await openKeys();
    const focused: string[] = [];
    const field = (name: string, offsetParent: object | null) => ({
      ...{ offsetParent, focus: () => void focused.push(name) },
    });
    browser.document.fields.push(field('list', {}), field('log', {}), field('hidden', null));
    browser.press('/');
    expect(focused).toEqual(['log']);
  });

  it('? opens the help, which then has all keys', async () => {
    const { browser, isHelpOpen, route } = await openKeys();
    browser.press('?');
    expect(isHelpOpen.value).toBe(true);
    browser.press('j');
    expect(route.value).toEqual({});
  });

  it.each([{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { defaultPrevented: true }])(
    'with %o belongs to the browser or to an element',
    async (fields) => {
      const { browser, route } = await openKeys();
      browser.press('j', fields);
      expect(route.value).toEqual({});
    },
  );

  it('in a text is text, but Esc leaves the text', async () => {
    const { browser, route, isHelpOpen } = await openKeys();
    const target = new FakeTextArea();
    for (const key of ['j', '?', '/']) browser.press(key, { target });
    expect([route.value, isHelpOpen.value, target.isFocused]).toEqual([{}, false, true]);
    browser.press('Escape', { target });
    expect([route.value, target.isFocused]).toEqual([{}, false]);
  });

  it('that does something is in the help', async () => {
    const { keyHelp } = await openKeys();
    const keys = keyHelp.flatMap(([names]) => names.split(' '));
    expect(keys).toEqual(expect.arrayContaining(['j', 'k', '/', '?', '←', '→', 'Esc']));
  });
});
