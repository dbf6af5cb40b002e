import { spawn as start } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { workerPaths } from '../../../src/files/paths.ts';
import { delivered, leave, sessionLost } from '../leave.ts';
import { setStage } from '../stage.ts';

it('stop and close name a worker with a process that does not end', async () => {
  const { manager, spawn, wait, launched, warnings } = await setStage();
  const [id, other] = [await spawn({ say: 'Done.' }), await spawn({ say: 'Done too.' })];
  await wait();
  for (const inside of launched) inside.leave({ code: 0, signal: null });
  const env = { PATH: process.env.PATH, AWM_WORKER: id };
  const child = start('sleep', ['600'], { env, stdio: 'ignore' });
  await once(child, 'spawn');
  const kill = process.kill.bind(process);
  // No process can ignore SIGKILL, so the test keeps the signal from the process.
  const spy = vi
    .spyOn(process, 'kill')
    .mockImplementation((pid, signal) => pid === child.pid || kill(pid, signal));
  onTestFinished(() => {
    spy.mockRestore();
    child.kill('SIGKILL');
  });

  expect(await manager.stop([id, other])).toEqual({
    stopped: [],
    already_settled: [other],
    would_not_stop: [id],
  });
  warnings.length = 0;
  await manager.close('stop');
  expect(warnings).toEqual([`Worker ${id}: processes ${child.pid} did not go.`]);
});

it('stop and a refused resume let go of a worker that is done with', async () => {
  const { manager, config, untilParked } = await setStage();
  const id = await leave(config, 1, delivered);
  expect(await manager.stop([id])).toEqual({ stopped: [], already_settled: [id] });
  await untilParked(id);
  expect(manager.workers.liveIds()).toEqual([]);
  const lost = await leave(config, 2, sessionLost);
  await expect(manager.resume(lost, 'Go on.')).rejects.toThrow('is lost');
  await untilParked(lost);
  const { journal } = workerPaths(config, id);
  expect(readFileSync(journal, 'utf8')).not.toContain('"RELEASE"');
});
