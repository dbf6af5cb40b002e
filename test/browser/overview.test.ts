import { expect, it } from 'vitest';
import { bash, scripted } from '../end-to-end/harness.ts';
import { openShown } from './window.ts';

it('the page shows all workers by group, by search, and at any moment of the past', async () => {
  const { stage, session, page } = await openShown();
  const done = await session.spawn(scripted({ text: 'The first is done.' }));
  await stage.journaled(done, 'SAVED');
  await session.spawn(scripted(bash('touch asked'), { text: 'Done.' }));
  await page.locator('.permission').waitFor();
  const rows = page.locator('.worker-row');
  expect(await page.locator('.worker-list .group').allTextContents()).toEqual([
    'Needs you 1',
    'Done 1',
  ]);
  expect(await page.locator('.lane-row').count()).toBe(2);

  await page.keyboard.press('/');
  await page.keyboard.type(done);
  await expect.poll(() => rows.count()).toBe(1);
  await page.getByRole('searchbox', { name: 'Search workers' }).fill('');
  await page.keyboard.press('Escape');

  const [first] = await stage.journal(done);
  await page.goto(`${page.url().split('#')[0]}#/t/${first.t}`);
  await page.getByText('Nothing can be answered here.').waitFor();
  expect(await rows.locator('.state').allTextContents()).toEqual(['queued']);
  const allow = page.getByRole('button', { name: 'Allow once' });
  if ((await allow.count()) > 0) expect(await allow.isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
  await expect.poll(() => rows.count()).toBe(2);

  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
});
