import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { setStage } from '../end-to-end/harness.ts';
import { asking, endless } from '../faults/faults.ts';

const preload = pathToFileURL(resolve('test/protocol/sync-calls.mjs')).href;

it('no tool makes a synchronous call for a file or a process, from the first call to the end', async () => {
  const stage = await setStage();
  const log = join(stage.outside, 'sync-calls.ndjson');
  const session = await stage.connect({
    args: ['--standby', '1'],
    env: {
      AWM_CLAUDE: resolve('test/stand-ins/claude.mjs'),
      AWM_SYNC_CALLS: log,
      NODE_OPTIONS: `--import=${preload}`,
    },
  });
  const started = await linesIn(log);
  const id = await session.spawn(asking);
  const { pending_permissions } = await session.call('wait');
  const { request_id } = pending_permissions[0];
  await session.call('list_workers');
  await session.call('approve_permission', { request_id, allow: true });
  expect((await session.call('wait')).completed).toHaveLength(1);
  await session.call('resume_worker', { worker_id: id, prompt: endless });
  await session.call('stop_worker', { worker_ids: [id] });
  expect((await session.call('wait')).failed).toHaveLength(1);
  const options = { output_schema: { type: 'object', properties: 5 } };
  await session.refusal('spawn_worker', { description: 'Broken', prompt: 'P', options });
  await session.close();

  const lines = await linesIn(log);
  const found = lines.slice(started.length);
  expect(lines[0].watched).toEqual(
    expect.arrayContaining(['readFileSync', 'statSync', 'execFileSync']),
  );
  expect(found.map(({ stack }) => stack)).toEqual([]);
});

const linesIn = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
