import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Answer, bash, scripted } from '../end-to-end/harness.ts';
import { setHidden } from './hidden.ts';
import { openShown, openWindow } from './window.ts';

/** Waits until the log has all events of the journal; returns the events of the log. */
async function logOf(page: Page, records: Answer[]): Promise<(string | null)[]> {
  const rows = page.locator('.log-row .event');
  await rows.nth(records.length - 1).waitFor({ state: 'attached' });
  return rows.allTextContents();
}

const typesOf = (records: Answer[]): string[] => records.map(({ event }) => event.type);

it('a page that reloads, sleeps or loses its server shows all events afterwards', async () => {
  const { stage, session, page } = await openShown();
  await page.setViewportSize({ width: 1400, height: 4_000 });
  const id = await session.spawn(
    scripted(bash('touch one'), bash('touch two'), bash('touch three'), { text: 'Done.' }),
  );
  const answer = async (times: number) => {
    const records = await stage.journaled(id, 'PERMISSION_ASKED', times);
    const { request_id } = records.findLast(({ event }) => event.type === 'PERMISSION_ASKED').event
      .request;
    await session.call('approve_permission', { request_id, allow: true });
  };
  await page.locator('.permission').waitFor();
  await page.goto(`${page.url().split('#')[0]}#/w/${id}`);
  await page.reload();
  const asked = await stage.journaled(id, 'PERMISSION_ASKED', 1);
  expect(await logOf(page, asked)).toEqual(typesOf(asked));

  await setHidden(page, true);
  await answer(1);
  await stage.journaled(id, 'PERMISSION_ASKED', 2);
  expect(await page.locator('.log-row .event').count()).toBe(asked.length);
  await setHidden(page, false);
  const slept = await stage.journaled(id, 'PERMISSION_ASKED', 2);
  expect(await logOf(page, slept)).toEqual(typesOf(slept));

  await setHidden(page, true);
  await page.context().setOffline(true);
  await setHidden(page, false);
  await page.getByText('Disconnected.').waitFor();
  expect(await page.getByRole('button', { name: 'Allow once' }).isDisabled()).toBe(true);
  await answer(2);
  await stage.journaled(id, 'PERMISSION_ASKED', 3);
  await page.context().setOffline(false);
  await page.getByText('Disconnected.').waitFor({ state: 'detached' });
  await answer(3);
  const all = await stage.journaled(id, 'SAVED');
  expect(await logOf(page, all)).toEqual(typesOf(all));
});

it('a page says that its server has ended, and keeps what it has', async () => {
  const { session, page } = await openShown();
  await session.spawn(scripted({ text: 'Hello.' }));
  await page.getByText('completed').first().waitFor();
  await session.close();
  await page.getByText('The server does not answer').waitFor();
  expect(await page.locator('.worker-row').count()).toBe(1);
});

it('seven tabs work, because tabs in the background hold no connection', async () => {
  const { session, page } = await openShown();
  const tabs = [page];
  for (let more = 0; more < 6; more++) {
    for (const tab of tabs) await setHidden(tab, true);
    const tab = await page.context().newPage();
    await tab.goto(page.url());
    await tab.getByText('Live').waitFor();
    tabs.push(tab);
  }
  const id = await session.spawn(scripted({ text: 'Seen by seven.' }));
  for (const tab of tabs) {
    for (const other of tabs) await setHidden(other, other !== tab);
    await tab.locator(`.worker-row[href$="${id}"]`).waitFor();
  }
});

it('the browser that signed in stays signed in, in every tab and after its windows were closed; no other is', async () => {
  const { page } = await openShown();
  const address = page.url();
  expect(new URL(address).search).toBe('');
  // The address of the sign-in is no step back.
  expect(await page.evaluate<number>('history.length')).toBe(2);
  const context = page.context();
  await page.close();
  const again = await context.newPage();
  await again.goto(address);
  await again.getByText('Live').waitFor();
  await again.reload();
  await again.getByText('Live').waitFor();

  const other = await openWindow();
  await other.goto(address);
  await other.getByText('This browser is not signed in').waitFor();
});
