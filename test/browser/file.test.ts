import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { RunFile } from '../../src/view/contract.ts';
import { type Answer, scripted } from '../end-to-end/harness.ts';
import { openShown, openWindow } from './window.ts';

it('a run that stands in the page opens from disk, without a server', async () => {
  const { stage, session, page } = await openShown();
  const id = await session.spawn(scripted({ text: 'Kept </script> for ever.' }));
  await stage.journaled(id, 'SAVED');
  const get = async (path: string): Promise<Answer> =>
    page.evaluate(`fetch('/api/${path}').then((answer) => answer.json())`);
  const run: RunFile = {
    snapshot: { ...(await get('snapshot')), mode: 'recorded', csrf: null, cursor: null },
    records: { [id]: (await get(`workers/${id}/records`)).steps },
    transcripts: { [id]: (await get(`workers/${id}/transcript`)).messages },
    charts: await get('charts'),
  };
  const file = join(stage.outside, 'run.html');
  await writeFile(file, await selfContained(run));

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
  await other.keyboard.press('ArrowLeft');
  await other.locator('.banner.is-past').waitFor();
  expect(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual(
    [],
  );
});

/** The built page with everything inside. */
async function selfContained(run: RunFile): Promise<string> {
  let html = await readFile('dist/web/index.html', 'utf8');
  const json = JSON.stringify(run).replaceAll('<', '\\u003c');
  const script = /<script[^>]*src="\.\/([^"]+)"[^>]*><\/script>/.exec(html);
  const style = /<link rel="stylesheet"[^>]*href="\.\/([^"]+)"[^>]*>/.exec(html);
  if (!script?.[1] || !style?.[1]) throw new Error(`No script or style in ${html}`);
  const code = await readFile(join('dist/web', script[1]), 'utf8');
  const css = await readFile(join('dist/web', style[1]), 'utf8');
  html = html.replace(script[0], '').replace(style[0], () => `<style>${css}</style>`);
  const inside = `<script type="application/json" id="run">${json}</script><script type="module">${code}</script>`;
  return html.replace('</body>', () => `${inside}</body>`);
}
