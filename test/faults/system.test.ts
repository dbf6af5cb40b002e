import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scripted } from '../src/stage.ts';
import { asking, endless, setFaultyStage } from './faults.ts';

// The system itself causes these faults; the other tests of this folder force them.

/** Without these rights, file modes also apply to root. */
const rights = '-dac_override,-dac_read_search';

/** A prefix for a command to which file modes must apply. */
const withModes =
  process.getuid?.() === 0 ? ['setpriv', `--bounding-set=${rights}`, `--inh-caps=${rights}`] : [];

/** A prefix for a command that cannot make a file of more than 256 KiB. */
const withSizeLimit = ['sh', '-c', 'ulimit -f 512; exec "$@"', 'sh'];

it('a logs folder that becomes read-only refuses a new worker, and other workers complete with a warning', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open(withModes);
  const id = await session.spawn(asking);
  const [{ request_id }] = (await session.call('wait')).pending_permissions;
  await chmod(stage.logs, 0o500);
  const args = { description: 'Nowhere', prompt: 'Hello.' };
  const sentence = await session.refusal('spawn_worker', args);
  expect(sentence).toContain('EACCES');
  expect(sentence).toContain('AWM_LOGS_DIR');
  await session.call('approve_permission', { request_id, allow: true });
  const { completed } = await session.call('wait');
  expect(completed).toMatchObject([{ worker_id: id }]);
  expect(completed[0].warning).toMatch(/^The history file could not be written: EACCES/);

  await chmod(stage.logs, 0o700);
  const next = await session.spawn(scripted({ say: 'Written.' }));
  expect((await session.call('wait')).completed).toMatchObject([{ worker_id: next }]);
  expect((await stage.history(next)).result).toBe('Written.');
});

it('a worker whose first record is over the size limit never starts, and other workers keep running', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open(withSizeLimit);
  const other = await session.spawn(endless);
  await stage.journaled(other, 'TURN_OPENED');
  const args = { description: 'Too much', prompt: scripted({ say: 'x'.repeat(400_000) }) };
  const sentence = await session.refusal('spawn_worker', args);
  expect(sentence).toMatch(/^The journal of worker .* cannot be written, .* EFBIG/);
  const { failed } = await session.call('wait', { mode: 'any' });
  expect(failed).toMatchObject([{ reason: 'crashed' }]);
  expect(failed[0].error_hint).toContain('EFBIG');
  expect(await stage.files(join(stage.state, `worker-${failed[0].worker_id}`))).not.toContain(
    'stdout.ndjson',
  );
  const { workers } = await session.call('list_workers', { status: 'running' });
  expect(workers).toMatchObject([{ worker_id: other }]);
  const next = await session.spawn('Hello.');
  const { completed } = await session.call('wait', { worker_ids: [next] });
  expect(completed).toMatchObject([{ worker_id: next }]);
});
