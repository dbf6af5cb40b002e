import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { serveBeside } from '../../../src/page/beside.ts';
import { setStage } from '../stage.ts';

const charts = { svg: '', states: [], edges: [] };

it('of several sign-in files that are requested at once only the last remains, and none after the end', async () => {
  const { manager, config } = await setStage();
  const logged: string[] = [];
  const page = await serveBeside({
    ...{ manager, config, mode: 'live', env: {}, now: Date.now },
    webDir: join(config.projectDir, 'web'),
    charts: () => ({ worker: charts, supervisor: charts }),
    exportWorker: () => Promise.reject(new Error('none')),
    log: (message) => logged.push(message),
  });
  const folders = () => logged.map((message) => dirname(/open (\S+)/.exec(message)?.[1] ?? ''));
  const exist = () =>
    Promise.all(
      folders().map((path) =>
        access(path).then(
          () => true,
          () => false,
        ),
      ),
    );
  await Promise.all([page.offerSignIn(), page.offerSignIn(), page.offerSignIn()]);
  expect(await exist()).toEqual([false, false, true]);
  await page.close();
  expect(await exist()).toEqual([false, false, false]);
});
