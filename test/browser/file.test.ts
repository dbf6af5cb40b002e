import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { scripted } from '../end-to-end/harness.ts';
import { openShown, openWindow, saveExport } from './window.ts';

it('an exported run opens from disk, complete and without a server', async () => {
  const { stage, session, page } = await openShown();
  const id = await session.spawn(scripted({ text: 'Kept </script> for ever.' }));
  await stage.journaled(id, 'SAVED');
  await page.goto(`${page.url().split('#')[0]}#/w/${id}`);
  const file = join(stage.outside, 'run.html');
  await saveExport(page, page.locator('.actions').getByText('Export'), file);
  await session.close();

  const other = await openWindow();
  const requests: string[] = [];
  other.on('request', (request) => requests.push(request.url()));
  await other.goto(`${pathToFileURL(file)}#/w/${id}`);
  await other.getByText('Recorded').waitFor();
  await other.locator('.is-active[data-state="completed"]').waitFor();
  await other.getByRole('tab', { name: 'Transcript' }).click();
  await other
    .locator('.transcript')
    .getByText('Kept </script> for ever.', { exact: true })
    .waitFor();
  expect(await other.getByRole('button', { name: 'Resume…' }).isDisabled()).toBe(true);
  expect(await other.getByText('Export').count()).toBe(0);
  await other.keyboard.press('ArrowLeft');
  await other.locator('.banner.is-past').waitFor();
  expect(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual(
    [],
  );
});
