import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { onTestFinished, vi } from 'vitest';
import { type Session, type Stage, setStage } from '../end-to-end/harness.ts';
import { launchChromium } from './chromium.ts';
import { wayIn } from './way-in.ts';

// A browser on a busy machine is slow; the limit still ends a test that hangs.
vi.setConfig({ testTimeout: 120_000 });

/** A server with a page, and the page in a browser. */
export interface Shown {
  stage: Stage;
  session: Session;
  page: Page;
}

/** Sets a stage without workers and opens its page. */
export async function openShown(view: 'live' | 'readonly' = 'live'): Promise<Shown> {
  const stage = await setStage();
  const session = await stage.connect({ args: view === 'live' ? ['--view'] : ['--view=readonly'] });
  const page = await openWindow();
  await page.goto(await wayIn(session.stderr));
  await page.getByText('No workers yet').waitFor();
  return { stage, session, page };
}

/** Opens a browser window until the end of the test; an error of the page fails the test. */
export async function openWindow(options: BrowserContextOptions = {}): Promise<Page> {
  const browser = await launchChromium();
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const errors: unknown[] = [];
  context.on('weberror', (error) => errors.push(error.error()));
  context.on('console', (message) => {
    const text = message.text();
    // A page of another server that tries to frame ours is refused, and that is no error of ours.
    if (text.includes('Content Security Policy') && !text.startsWith('Framing')) errors.push(text);
  });
  onTestFinished(async () => {
    await browser.close();
    if (errors.length > 0) throw new Error(`The page had an error: ${errors[0]}`);
  });
  return context.newPage();
}

/** Clicks an export and saves its file. */
export async function saveExport(page: Page, button: Locator, path: string): Promise<void> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  await download.saveAs(path);
}
