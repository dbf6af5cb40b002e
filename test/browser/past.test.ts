import { expect, it } from 'vitest';
import { bash, scripted } from '../end-to-end/harness.ts';
import { openShown } from './window.ts';

it('every moment of the past shows the state that the journal has, and cannot answer', async () => {
  const { stage, session, page } = await openShown();
  const id = await session.spawn(scripted(bash('touch later'), { text: 'Done.' }));
  await page.locator('.permission').waitFor();
  await page.goto(`${page.url().split('#')[0]}#/w/${id}`);
  const active = page.locator('.chart-box .is-active');
  await active.waitFor();
  expect(await active.getAttribute('data-state')).toBe('awaiting_permission');
  const records = await stage.journaled(id, 'PERMISSION_ASKED');
  const asked = records.find(({ event }) => event.type === 'PERMISSION_ASKED');
  await page.goto(`${page.url().split('#')[0]}#/w/${id}/e/${asked.seq}`);
  // The keys step through the events, so these must be loaded.
  await page.locator('.log-row[aria-current="step"]').waitFor();
  for (const { seq, to } of records.slice(0, asked.seq - 1).toReversed()) {
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(`**/#/w/${id}/e/${seq}`);
    const state = to === 'running' ? 'running.turn' : to;
    await page.locator(`.is-active[data-state="${state}"]`).waitFor();
    await page.getByText('Nothing can be answered here.').waitFor();
  }
  expect(await page.locator('.permission').count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Stop' }).isDisabled()).toBe(true);

  // At the moment of the request the page shows it, as the past.
  await page.goto(`${page.url().split('#')[0]}#/w/${id}/e/${asked.seq}`);
  const allow = page.locator('.permission').getByRole('button', { name: 'Allow once' });
  expect(await allow.isDisabled()).toBe(true);
  await page.locator('.permission').focus();
  await page.keyboard.press('a');
  await page.keyboard.press('Escape');
  await page.locator('.banner').waitFor({ state: 'detached' });
  expect(await allow.isEnabled()).toBe(true);
  expect((await stage.journal(id)).map(({ event }) => event.type)).not.toContain(
    'ANSWER_PERMISSION',
  );
});

it('the chart lights the last transition and the possible ones, and counts the workers', async () => {
  const { session, page } = await openShown();
  const id = await session.spawn(scripted(bash('touch counted'), { text: 'Done.' }));
  await page.goto(`${page.url().split('#')[0]}#/w/${id}`);
  const box = page.locator('.chart-box');
  await box.locator('.is-active[data-state="awaiting_permission"]').waitFor();
  expect(await box.locator('.is-active .count').textContent()).toBe('1');
  expect(await box.locator('.is-last').getAttribute('data-edge')).toContain(
    'running>awaiting_permission',
  );
  const exits = await box
    .locator('.is-exit')
    .evaluateAll((edges) => edges.map((edge) => edge.getAttribute('data-edge')));
  expect(exits.length).toBeGreaterThan(2);
  for (const exit of exits) expect(exit).toMatch(/^awaiting_permission>/);
});
