import { mkdir } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { onStage } from '../bench/on-stage.ts';
import type { Rule, Step } from '../src/practice/script.ts';
import { launchChromium } from '../test/browser/chromium.ts';
import { wayIn } from '../test/browser/way-in.ts';

/** Writes docs/page-*.png: the page of a real server with real workers on the practice API. */

const look = { tools: [{ name: 'Bash', input: { command: 'ls src machines' } }] };
const read = { tools: [{ name: 'Read', input: { file_path: 'package.json' } }] };
const deploy = {
  text: 'The tests pass. I deploy to staging now.',
  tools: [
    {
      name: 'Bash',
      input: {
        command: './scripts/deploy.sh staging',
        description: 'Deploy the build to staging',
      },
    },
  ],
};

/** The task of each worker, and the steps of its model. */
const cast: [description: string, steps: Step[]][] = [
  ['Write the API reference', [read, look, { text: 'The reference has all nine endpoints.' }]],
  ['Migrate the user table', [{ error: { status: 400, message: 'prompt is too long' } }]],
  ['Find the slow query', [look, { text: 'The join reads every row of it.', hang: true }]],
  ['Release 2.4 to staging', [read, look, deploy, { text: 'Released.' }]],
  ['Review the login change', [read, { text: 'Two of the checks can be left out.', hang: true }]],
  ['Bump dependencies', [{ text: 'Later.' }]],
];

const rules = (): Rule[] => cast.map(([description, steps]) => ({ match: description, steps }));

async function main(browser: Browser): Promise<void> {
  let stderr = '';
  const onStderr = (text: string) => {
    stderr += text;
  };
  const args = ['--view', '--max-workers', '3'];
  await onStage({ rules, args, onStderr }, async ({ client }) => {
    const page = await browser.newPage({ viewport: { width: 1400, height: 940 } });
    await page.goto(await wayIn(() => stderr));
    for (const [index, [description]] of cast.entries()) {
      const prompt = `${description}, please. Say what you found.`;
      await client.callTool({ name: 'spawn_worker', arguments: { description, prompt } });
      if (index === 1) await page.getByText('completed').first().waitFor();
    }
    await page.locator('.permission').waitFor();
    await page.getByRole('heading', { name: 'Queued' }).waitFor();
    await shoot(page, 'overview');
    await page
      .getByRole('link', { name: /^Release 2.4/ })
      .first()
      .click();
    await page.locator('.chart .is-active').waitFor();
    await shoot(page, 'worker');
    await shoot(page, 'worker-light', { colorScheme: 'light' });
    await shoot(page, 'narrow', { width: 400 });
    await page.keyboard.press('ArrowLeft');
    await page.locator('.banner.is-past').waitFor();
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowLeft');
    await shoot(page, 'past');
    await page.keyboard.press('Escape');
  });
}

async function shoot(
  page: Page,
  name: string,
  { colorScheme = 'dark', width = 1400 }: { colorScheme?: 'dark' | 'light'; width?: number } = {},
): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 940 });
  await page.screenshot({ path: `docs/page-${name}.png` });
  await page.setViewportSize({ width: 1400, height: 940 });
}

await mkdir('docs', { recursive: true });
const browser = await launchChromium();
try {
  await main(browser);
} finally {
  await browser.close();
}
