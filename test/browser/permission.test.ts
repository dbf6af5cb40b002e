import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bash, scripted, toolResultsOf } from '../end-to-end/harness.ts';
import { openShown } from './window.ts';

it('a request shows its whole input, with hidden characters, and is allowed by mouse', async () => {
  const { stage, session, page } = await openShown();
  const command = `touch allowed # ${'x'.repeat(5_000)} \u202eend`;
  const id = await session.spawn(scripted(bash(command), { text: 'Done.' }));
  const card = page.locator('.permission');
  await card.waitFor();
  expect(await card.textContent()).toContain(`${'x'.repeat(5_000)} U+202Eend`);
  expect(await page.title()).toContain('1 need you');
  expect(await page.locator('[aria-live]').textContent()).toContain('asks to use Bash');
  await card.getByRole('button', { name: 'Allow once' }).click();
  await stage.journaled(id, 'SAVED');
  await access(join(stage.project, 'allowed'));
  await card.waitFor({ state: 'detached' });
  const { turns } = await stage.history(id);
  expect(turns[0].permissions).toMatchObject([{ decision: 'allow', by: 'page' }]);
});

it('the keyboard answers a request only while its card has the focus', async () => {
  const { stage, session, page } = await openShown();
  const id = await session.spawn(scripted(bash('touch one'), { text: 'Done.' }));
  const card = page.locator('.permission');
  await card.waitFor();
  await page.keyboard.press('a');
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: 'A test worker', level: 1 }).waitFor();
  expect(await card.getByRole('button', { name: 'Allow once' }).isEnabled()).toBe(true);
  await card.focus();
  await page.keyboard.press('a');
  await stage.journaled(id, 'SAVED');
  await access(join(stage.project, 'one'));
});

it('a denial carries its reason to the model', async () => {
  const { stage, session, page } = await openShown();
  const id = await session.spawn(scripted(bash('touch denied'), { text: 'Done.' }));
  const card = page.locator('.permission');
  await card.focus();
  await page.keyboard.press('d');
  await page.keyboard.type('Not today: a and d are letters.');
  await page.keyboard.press('Enter');
  await stage.journaled(id, 'SAVED');
  expect(toolResultsOf(stage.api.requests.at(-1))).toMatchObject([
    { is_error: true, content: expect.stringContaining('Not today: a and d are letters.') },
  ]);
  await expect(access(join(stage.project, 'denied'))).rejects.toThrow('ENOENT');
});

it('a request that was answered elsewhere says so and is not answered again', async () => {
  const { stage, session, page } = await openShown();
  const id = await session.spawn(scripted(bash('touch once'), { text: 'Done.' }));
  const card = page.locator('.permission');
  await card.waitFor();
  const request_id = await card.getAttribute('data-request');
  // The answer of the caller reaches the page only after the page's own answer.
  let posts = 0;
  await page.route('**/api/permissions/*', async (route) => {
    posts += 1;
    await session.call('approve_permission', { request_id, allow: false });
    await route.continue();
  });
  const answered = page.waitForResponse('**/api/permissions/*');
  // Both clicks happen before the next frame.
  await page.evaluate(`
    const button = document.querySelector('.permission .allow');
    button.click();
    button.click();
  `);
  expect((await answered).status()).toBe(409);
  expect(posts).toBe(1);
  await stage.journaled(id, 'SAVED');
  const records = await stage.journal(id);
  const answers = records.filter(({ event }) => event.type === 'ANSWER_PERMISSION');
  expect(answers).toHaveLength(1);
  await expect(access(join(stage.project, 'once'))).rejects.toThrow('ENOENT');
});

it('a read-only page shows a request and cannot answer it', async () => {
  const { session, page } = await openShown('readonly');
  await session.spawn(scripted(bash('touch looked'), { text: 'Done.' }));
  const card = page.locator('.permission');
  await card.waitFor();
  expect(await card.getByRole('button', { name: 'Allow once' }).isDisabled()).toBe(true);
  expect(await card.textContent()).toContain('read-only');
});

it('a question is answered by a choice', async () => {
  const { stage, session, page } = await openShown();
  const question = {
    question: 'Which database?',
    header: 'Database',
    multiSelect: false,
    options: [
      { label: 'Postgres', description: 'Big' },
      { label: 'SQLite', description: 'Small' },
    ],
  };
  const ask = { tools: [{ name: 'AskUserQuestion', input: { questions: [question] } }] };
  const id = await session.spawn(scripted(ask, { text: 'Thank you.' }));
  await page.getByRole('radio', { name: 'SQLite' }).check();
  await page.getByRole('button', { name: 'Answer' }).click();
  await stage.journaled(id, 'SAVED');
  expect(toolResultsOf(stage.api.requests.at(-1))).toMatchObject([
    { content: expect.stringContaining('SQLite') },
  ]);
});
