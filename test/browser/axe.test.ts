import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { bash, scripted } from '../end-to-end/harness.ts';
import { openShown } from './window.ts';

const axe = await readFile('node_modules/axe-core/axe.min.js', 'utf8');

/** Returns the serious and critical findings of axe, by rule and place. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    // The script above has set it.
    const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
    const { violations } = await axe.run();
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return grave.flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
    );
  });
}

interface AxeResults {
  violations: { id: string; impact: string; nodes: { target: string[] }[] }[];
}

it('axe finds no serious fault in any view, dark or light, wide or narrow', async () => {
  const { session, page } = await openShown();
  const id = await session.spawn(scripted(bash('touch seen'), { text: 'Done.' }));
  await session.spawn(scripted({ error: { status: 400, message: 'no' } }));
  await page.locator('.permission').waitFor();
  await page.locator('.worker-row .shape.is-failed').waitFor();
  const base = page.url().split('#')[0];
  for (const colorScheme of ['dark', 'light'] as const) {
    for (const width of [1400, 400]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const hash of ['#/', `#/w/${id}`, `#/w/${id}/e/3`]) {
        await page.goto(`${base}${hash}`);
        await page.locator(hash === '#/' ? '.lanes' : '.chart-box .is-active').waitFor();
        expect(await findings(page), `${colorScheme}, ${width} px, ${hash}`).toEqual([]);
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(overflow, `sideways scrolling at ${width} px of ${hash}`).toBeLessThanOrEqual(0);
      }
    }
  }
});
