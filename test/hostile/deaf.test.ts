import { expect, it } from 'vitest';
import { isRunning } from '../end-to-end/processes.ts';
import { scripted } from '../src/stage.ts';
import { openRequests, setHostileStage } from './stage.ts';

/** A text longer than the buffer of a pipe. */
const long = 'x'.repeat(1_000_000);

it('a worker that no longer reads its stdin can be stopped, although answers to it are pending', async () => {
  const { session, pid, history } = await setHostileStage();
  const ask = [{ tool: 'Bash' }, { tool: 'Bash' }];
  const id = await session.spawn(scripted({ ask }));
  const open = await openRequests(session, 2);
  const process_id = await pid(id);
  process.kill(process_id, 'SIGSTOP');
  for (const { request_id } of open) {
    const updated_input = { command: long };
    await session.call('approve_permission', { request_id, allow: true, updated_input });
  }
  expect(await session.call('stop_worker', { worker_ids: [id] })).toMatchObject({ stopped: [id] });
  expect(await isRunning(process_id)).toBe(false);
  expect(await history(id)).toMatchObject({ reason: 'stopped', error_hint: 'Stopped on request.' });
});
