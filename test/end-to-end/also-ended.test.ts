import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shellWord } from '../../src/text/shell-word.ts';
import { bash, scripted, setStage, untilWritten } from './harness.ts';
import { isRunning } from './processes.ts';

it('stop_worker names a background command of a hook that it ends with a settled worker', async () => {
  const stage = await setStage();
  const started = join(stage.project, 'started');
  const command = `(sleep 600 & echo $! > ${shellWord(started)}) > /dev/null 2>&1`;
  const hooks = { Stop: [{ hooks: [{ type: 'command', command }] }] };
  await mkdir(join(stage.home, '.claude'), { recursive: true });
  await writeFile(join(stage.home, '.claude/settings.json'), JSON.stringify({ hooks }));
  const session = await stage.connect();
  const id = await session.spawn(scripted({ text: 'Done.' }));
  await session.call('wait');
  const pid = Number(await untilWritten(started, /\d+\n/));
  expect(await session.call('stop_worker', { worker_ids: [id] })).toEqual({
    ...{ stopped: [], already_settled: [id] },
    also_ended: [{ worker_id: id, pid, command: 'sleep 600' }],
  });
  expect(await isRunning(pid)).toBe(false);
});

it('stop_worker names a detached command of a running turn, and no command of the turn itself', async () => {
  const stage = await setStage();
  const session = await stage.connect();
  const detached = 'setsid sleep 601 > /dev/null 2>&1 & echo $! > detached; sleep 0.2; sleep 602';
  const id = await session.spawn(scripted(bash(detached), { text: 'Slept.' }), {
    allowed_tools: ['Bash'],
  });
  await untilWritten(join(stage.project, 'detached'), /\d+\n/);
  const { also_ended = [] } = await session.call('stop_worker', { worker_ids: [id] });
  const commands = also_ended.map(({ command }: { command: string }) => command);
  expect(commands.filter((command: string) => command.includes('602'))).toEqual([]);
});
