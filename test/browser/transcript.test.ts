import { expect, it } from 'vitest';
import { bash, scripted } from '../end-to-end/harness.ts';
import { openShown } from './window.ts';

const hostile = '<img src=x onerror="document.title=1"><script>alert(1)</script> [a](javascript:1)';

it('the transcript shows messages, tools and results as text, up to the shown moment', async () => {
  const { stage, session, page } = await openShown();
  const id = await session.spawn(
    scripted({ ...bash('touch it && echo the-result'), text: hostile }, { text: 'The last word.' }),
  );
  await page.goto(`${page.url().split('#')[0]}#/w/${id}`);
  await page.getByRole('button', { name: 'Allow once' }).click();
  await stage.journaled(id, 'SAVED');
  await page.getByRole('tab', { name: 'Transcript' }).click();
  const transcript = page.locator('.transcript');
  const lastWord = transcript.getByText('The last word.', { exact: true });
  await lastWord.waitFor();
  const text = await transcript.textContent();
  expect(text).toContain(hostile);
  expect(text).toContain('uses Bash');
  expect(text).toContain('the-result');
  expect(await page.locator('main img, main script').count()).toBe(0);

  const records = await stage.journal(id);
  const last = records.findLast(({ event }) => event.type === 'MESSAGE_SEEN');
  await page.goto(`${page.url().split('#')[0]}#/w/${id}/e/${last.seq - 1}`);
  await lastWord.waitFor({ state: 'detached' });
  expect(await transcript.textContent()).toContain(hostile);
});

it('the page resumes a settled worker and stops a working worker', async () => {
  const { stage, session, page } = await openShown();
  const id = await session.spawn(scripted({ text: 'First.' }));
  await page.goto(`${page.url().split('#')[0]}#/w/${id}`);
  await page.getByRole('button', { name: 'Resume…' }).click();
  await page
    .getByRole('textbox', { name: 'Prompt of the next turn' })
    .fill(scripted({ text: 'On it.', hang: true }));
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await stage.journaled(id, 'TURN_OPENED', 2);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('.failure').getByText('stopped').first().waitFor();
});
