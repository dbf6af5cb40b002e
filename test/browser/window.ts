import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { onTestFinished, vi } from 'vitest';
import { type Session, type Stage, setStage } from '../end-to-end/harness.ts';
import { launchChromium } from './chromium.ts';
import { wayIn } from './way-in.ts';

// A browser on a busy machine takes its time; what hangs still ends.
vi.setConfig({ testTimeout: 120_000 });

/** A server that shows its page, and that page in a browser. */
export interface Shown {
  stage: Stage;
  session: Session;
  page: Page;
}

/** Sets a stage and opens its page, before there is any worker. */
export async function openShown(view: 'live' | 'readonly' = 'live'): Promise<Shown> {
  const stage = await setStage();
  const session = await stage.connect({ args: view === 'live' ? ['--view'] : ['--view=readonly'] });
  const page = await openWindow();
  await page.goto(await wayIn(session.stderr));
  await page.getByText('No workers yet').waitFor();
  return { stage, session, page };
}

/** A browser's window, closed when the test is over; an error of the page fails the test. */
export async function openWindow(options: BrowserContextOptions = {}): Promise<Page> {
  const browser = await launchChromium();
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const errors: unknown[] = [];
  context.on('weberror', (error) => errors.push(error.error()));
  context.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) errors.push(message.text());
  });
  onTestFinished(async () => {
    await browser.close();
    if (errors.length > 0) throw new Error(`The page had an error: ${errors[0]}`);
  });
  return context.newPage();
}

/** Presses an export and saves what the browser is given. */
export async function saveExport(page: Page, button: Locator, path: string): Promise<void> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  await download.saveAs(path);
}
