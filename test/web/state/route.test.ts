import { expect, it } from 'vitest';
import { setBrowser } from '../browser.ts';

async function openRoute(hash: string) {
  const browser = setBrowser(hash);
  return { browser, ...(await import('../../../web/state/route.ts')) };
}

it('the page begins at the route in its address', async () => {
  const { route, selectedId, isPast } = await openRoute('#/w/a/e/3');
  expect(route.value).toEqual({ worker: 'a', seq: 3 });
  expect([selectedId.value, isPast.value]).toEqual(['a', true]);
});

it('another worker is a new entry in the history, another moment is not', async () => {
  const { browser, go } = await openRoute('#/');
  go({ worker: 'a' });
  go({ worker: 'a', seq: 2 });
  go({ worker: 'a', seq: 1 });
  go({ worker: 'b' });
  expect(browser.addresses).toEqual(['#/', '#/w/a', '#/w/a/e/2', '#/w/a/e/1', '#/w/b']);
  expect(browser.depth()).toBe(3);
});

it('a link and the back button move the page', async () => {
  const { browser, route } = await openRoute('#/');
  browser.follow('#/w/a');
  expect(route.value).toEqual({ worker: 'a' });
  browser.follow('#/t/5');
  expect(route.value).toEqual({ time: 5 });
});

it('back to now keeps the worker and leaves the past', async () => {
  const { backToNow, route, isPast } = await openRoute('#/w/a/e/3');
  backToNow();
  expect(route.value).toEqual({ worker: 'a' });
  expect(isPast.value).toBe(false);
});
