import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { startDemo } from '../demo/run.ts';
import { wayIn } from './way-in.ts';
import { openWindow, saveExport } from './window.ts';

it('in the demo a human sees five workers, answers them, goes back in time and exports the run', async () => {
  const demo = await startDemo({}, ['--page']);
  onTestFinished(() => demo.end());
  const page = await openWindow();
  await page.goto(await wayIn(demo.text));
  const workers = page.getByRole('link').filter({ hasText: /the|to/ });
  await page.getByText('Write the release notes').first().waitFor();
  expect(await workers.count()).toBeGreaterThan(0);

  const card = (name: string) => page.locator('.permission').filter({ hasText: name });
  await card('Write the release notes').getByRole('button', { name: 'Allow once' }).click();
  const deploy = card('Deploy to production');
  await deploy.getByRole('button', { name: 'Deny' }).click();
  await deploy.getByRole('textbox').fill('Not from here.');
  await page.keyboard.press('Enter');
  await demo.untilPrinted('The page stays');
  expect(demo.text()).not.toContain('→ approve_permission');

  // At the moment of the request it is visible and cannot be answered.
  await page.getByText('Deploy to production').first().click();
  // The chart has a label with this text, and is drawn before the events are loaded.
  const events = page.getByRole('region', { name: 'Events' }).getByRole('link');
  await events.filter({ hasText: 'PERMISSION_ASKED' }).click();
  await page.locator('.banner.is-past').waitFor();
  await page.locator('.is-active[data-state="awaiting_permission"]').waitFor();
  expect(await card('Bash').getByRole('button', { name: 'Allow once' }).isDisabled()).toBe(true);

  const file = join(demo.folder, 'workers.html');
  await saveExport(page, page.locator('.top-bar').getByText('Export'), file);
  const offline = await openWindow({ offline: true });
  await offline.goto(String(pathToFileURL(file)));
  await offline.getByText('Recorded').waitFor();
  for (const name of [
    'Research the delivery path',
    'Review the supervisor',
    'Translate the tool texts',
  ]) {
    await offline.getByText(name).first().waitFor();
  }
}, 120_000);
