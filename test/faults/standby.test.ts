import { expect, it } from 'vitest';
import { processesOf } from '../../src/processes/reap.ts';
import { membersOf } from '../end-to-end/processes.ts';
import { standbyFolders, untilStandbyWaits } from '../end-to-end/support-standby.ts';
import { scripted } from '../src/stage.ts';
import { endless, setFaultyStage } from './faults.ts';

it('a standby process with a folder that cannot be removed does not stop the draining', async () => {
  const stage = await setFaultyStage();
  const session = await stage.open(['env', 'AWM_STANDBY=1', 'AWM_ON_EXIT=stop']);
  const busy = await session.spawn(endless);
  await stage.journaled(busy, 'TURN_OPENED');
  const pid = await stage.pid(busy);
  const done = await session.spawn(scripted({ say: 'Done.' }));
  await session.call('wait', { worker_ids: [done] });
  const waiting = await untilStandbyWaits(stage);
  await stage.force({ '.standby-': 'EBUSY' });
  await session.close();
  expect(await membersOf(pid)).toEqual([]);
  expect(await processesOf(waiting)).toEqual([]);
  expect(await stage.history(busy)).toMatchObject({ status: 'failed', reason: 'stopped' });
  expect(session.stderr()).toMatch(/^The folder of a standby process stays: EBUSY/m);

  await stage.force({});
  const next = await stage.open();
  await next.call('list_workers');
  await expect.poll(() => standbyFolders(stage), { timeout: 10_000 }).toEqual([]);
});
