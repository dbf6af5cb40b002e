import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { serveBeside } from '../../../src/page/beside.ts';
import { setStage } from '../stage.ts';

const charts = { svg: '', states: [], edges: [] };

it('of several ways in that are asked for at once only the last stays, and none after the end', async () => {
  const { manager, config } = await setStage();
  const said: string[] = [];
  const page = await serveBeside({
    ...{ manager, config, mode: 'live', env: {}, now: Date.now },
    webDir: join(config.projectDir, 'web'),
    charts: () => ({ worker: charts, supervisor: charts }),
    exportWorker: () => Promise.reject(new Error('none')),
    log: (message) => said.push(message),
  });
  const folders = () => said.map((message) => dirname(/open (\S+)/.exec(message)?.[1] ?? ''));
  const areThere = () =>
    Promise.all(
      folders().map((path) =>
        access(path).then(
          () => true,
          () => false,
        ),
      ),
    );
  await Promise.all([page.offerSignIn(), page.offerSignIn(), page.offerSignIn()]);
  expect(await areThere()).toEqual([false, false, true]);
  await page.close();
  expect(await areThere()).toEqual([false, false, false]);
});
