import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/config.ts';
import { setStage } from '../stage.ts';

/** Creates a stage on a machine whose available memory the test sets, with a list of released workers. */
async function createStage(settings: Partial<Config>) {
  let memory = 2 ** 40;
  const machine = { cores: 8, availableMemory: () => memory };
  const stage = await setStage({ ...settings, machine });
  const released: string[] = [];
  stage.manager.workers.onRecord(({ worker, event }) => {
    if (event.type === 'RELEASE') released.push(worker);
  });
  /** Runs a worker to the end of its turn; its process becomes idle. */
  const run = async () => {
    const worker_id = await stage.spawn();
    await stage.until(worker_id, 'completed');
    return worker_id;
  };
  return {
    ...{ ...stage, released, run },
    setMemory(bytes: number) {
      memory = bytes;
    },
  };
}

const flushEvents = () => new Promise((resolve) => setImmediate(resolve));

describe('the idle process of a settled worker', () => {
  it('stays while there is room for it', async () => {
    const { run, released, spawn, until } = await createStage({ maxWorkers: 3 });
    await run();
    await run();
    await until(await spawn({ hang: true }), 'running');
    await flushEvents();
    expect(released).toEqual([]);
  });

  it('is released when another worker needs the room, the least recently used process first', async () => {
    const { run, released, spawn, until, manager } = await createStage({ maxWorkers: 3 });
    const [first, second, third] = [await run(), await run(), await run()];
    await manager.resume(first, 'Continue.');
    await until(first, 'completed');
    expect(released).toEqual([]);
    await until(await spawn({ hang: true }), 'running');
    expect(released).toEqual([second]);
    await until(await spawn({ hang: true }), 'running');
    expect(released).toEqual([second, third]);
  });

  it('needs no room after it has exited by itself', async () => {
    const { run, released, spawn, until, insideOf, manager } = await createStage({ maxWorkers: 2 });
    const [first] = [await run(), await run()];
    insideOf(first)?.leave({ code: 0, signal: null });
    const isGone = () => manager.workers.find(first)?.getSnapshot().context.process === null;
    await expect.poll(isGone).toBe(true);
    await until(await spawn({ hang: true }), 'running');
    expect(released).toEqual([]);
  });

  it('is released at once when memory is short', async () => {
    const { run, released, setMemory } = await createStage({ maxWorkers: 9 });
    const first = await run();
    setMemory(1);
    const second = await run();
    await flushEvents();
    expect(released.toSorted()).toEqual([first, second].toSorted());
  });
});
