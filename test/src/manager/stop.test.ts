import { spawn as start } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished, vi } from 'vitest';
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
