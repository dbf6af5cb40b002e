import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bash, type Stage, scripted, setStage } from '../end-to-end/harness.ts';

/** Returns path and mode of everything that is not readable and writable for its owner alone. */
async function notPrivate({ logs, state }: Stage): Promise<string[]> {
  const lists = [logs, state].map((folder) =>
    readdir(folder, { recursive: true, withFileTypes: true }),
  );
  const found = (await Promise.all(lists)).flat();
  const paths = [logs, state, ...found.map(({ parentPath, name }) => join(parentPath, name))];
  const modes = await Promise.all(
    paths.map(async (path) => {
      const entry = await lstat(path);
      const mode = entry.mode & 0o777;
      return mode === (entry.isDirectory() ? 0o700 : 0o600) ? [] : `${path} ${mode.toString(8)}`;
    }),
  );
  return modes.flat();
}

it.each([0o000, 0o077])(
  'with umask %i every file is private, during the work and at its end',
  async (mask) => {
    const before = process.umask(mask);
    onTestFinished(() => void process.umask(before));
    const stage = await setStage();
    const session = await stage.connect();
    const id = await session.spawn(scripted(bash('touch made'), { text: 'Done.' }));
    const [{ request_id }] = (await session.call('wait')).pending_permissions;
    expect(await readdir(join(stage.state, `worker-${id}`))).toContain('stdin');
    expect(await notPrivate(stage)).toEqual([]);
    await session.call('approve_permission', { request_id, allow: true });
    await session.call('wait');
    expect(await readdir(stage.logs)).toContain(`worker-${id}.json`);
    expect(await notPrivate(stage)).toEqual([]);
    await session.call('stop_worker', { worker_ids: [id] });
    await session.close();
    expect(await notPrivate(stage)).toEqual([]);
  },
);
