import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scripted, setStage } from '../end-to-end/harness.ts';
import { endServer } from '../end-to-end/processes.ts';
import { treeOf } from './tree.ts';

it('a server that only lists its tools changes nothing on disk', async () => {
  const stage = await setStage();
  await mkdir(join(stage.project, '.claude'));
  await writeFile(join(stage.project, '.claude', 'settings.json'), '{}');
  const first = await stage.connect();
  const delivered = await first.spawn(scripted({ text: 'Delivered.' }));
  await first.call('wait');
  const stopped = await first.spawn(scripted({ hang: true }));
  await first.call('stop_worker', { worker_ids: [delivered, stopped] });
  // Its lease and its temporary files stay; the next server would remove them.
  await endServer(first, 'SIGKILL');
  const before = await treeOf(stage.outside);
  expect(Object.keys(before).join('\n')).toContain(`worker-${stopped}/lease.json`);

  // Work that a server does by itself would be done while two other servers start after it.
  const servers = [await stage.connect(), await stage.connect(), await stage.connect()];
  for (const server of servers.slice(1)) {
    expect((await server.client.listTools()).tools).toHaveLength(6);
  }
  for (const server of servers) await server.close();
  expect(await treeOf(stage.outside)).toEqual(before);
});
