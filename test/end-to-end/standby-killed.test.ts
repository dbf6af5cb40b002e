import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Answer, type Session, type Stage, scripted, setStage } from './harness.ts';
import { standbyFolders, untilStandbyWaits } from './support-standby.ts';

const args = ['--standby', '1'];

/** Kills a server as soon as the journal of the spawned worker has a record of an event. */
async function killAt(stage: Stage, session: Session, event: string, prompt: string) {
  const before = new Set(await readdir(stage.state));
  void session.spawn(prompt).catch(() => {});
  for (;;) {
    const names = (await readdir(stage.state)).filter((name) => !before.has(name));
    const born = names.find((name) => /^worker-[-\w]+$/.test(name)) ?? '';
    const text = await readFile(join(stage.state, born, 'journal.ndjson'), 'utf8').catch(() => '');
    if (text.includes(`"${event}"`)) break;
  }
  process.kill(session.pid, 'SIGKILL');
}

describe('a server that is killed while a standby process becomes a worker', () => {
  it.each(['SPAWNED', 'SLOT', 'PROCESS_STARTED', 'INITIALIZED', 'PROMPT_ACCEPTED'])(
    'loses nothing and does nothing twice, at %s',
    async (event) => {
      const stage = await setStage();
      const first = await stage.connect({ args });
      await first.spawn(scripted({ text: 'Done.' }));
      await first.call('wait');
      await untilStandbyWaits(stage);
      const prompt = scripted({ text: 'Lisbon.' });
      await killAt(stage, first, event, prompt);

      const second = await stage.connect({ args });
      const { completed, failed } = await second.call('wait');
      expect(failed).toEqual([]);
      const { workers } = await second.call('list_workers');
      expect(workers.map(({ state }: Answer) => state)).toEqual(['completed', 'completed']);
      const { worker_id } = workers.find((one: Answer) => completed.some(isNamed(one)));
      const { turns } = await stage.history(worker_id);
      expect(turns).toMatchObject([{ prompt, status: 'completed' }]);
      expect(stage.api.requests.filter((request) => request.prompt === prompt)).toHaveLength(1);
      // The second server has spawned no worker, so it has no standby process.
      await vi.waitFor(async () => expect(await standbyFolders(stage)).toEqual([]), {
        timeout: 20_000,
      });
    },
  );
});

const isNamed = (worker: Answer) => (row: Answer) => row.worker_id === worker.worker_id;
