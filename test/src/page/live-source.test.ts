import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { workerPaths } from '../../../src/files/paths.ts';
import { replaceFile } from '../../../src/files/private-files.ts';
import { createLiveSource } from '../../../src/page/live-source.ts';
import { startTimeOf } from '../../../src/processes/identity.ts';
import type { Step } from '../../../src/projection/contract.ts';
import type { Workers } from '../../../src/workers/workers.ts';
import { patienceMs } from '../../patience.ts';
import { type Stage, setStage } from '../stage.ts';

/** Opens a live source on a stage; counts its listeners to the workers. */
async function openSource(given?: Stage, lingerMs = 60_000) {
  const stage = given ?? (await setStage());
  const { manager, config, warnings } = stage;
  let listeners = 0;
  const onRecord: Workers['onRecord'] = (listener) => {
    const stop = manager.workers.onRecord(listener);
    listeners += 1;
    return () => {
      listeners -= 1;
      stop();
    };
  };
  const source = createLiveSource({
    ...{ workers: { ...manager.workers, onRecord }, folders: config, lingerMs },
    warn: (message) => warnings.push(message),
  });
  onTestFinished(() => source.close());
  return { stage, source, listeners: () => listeners };
}

/** Opens a live source on a folder with a worker of a server that has ended. */
async function openOnEndedServer() {
  const other = await setStage();
  const id = await other.spawn({ say: 'Hello.' });
  await other.until(id, 'completed');
  for (const inside of other.launched) inside.leave({ code: 0, signal: null });
  await other.manager.stop([id]);
  const opened = await openSource();
  await copyWorker(other, opened.stage, id);
  return { ...opened, id };
}

/** Follows a source; returns the steps so far. */
async function followed(source: Awaited<ReturnType<typeof openSource>>['source']) {
  const following = await source.follow?.(() => {});
  if (!following) throw new Error('There is nothing to follow.');
  const from = following.ring.cursor;
  const steps = (): Step[] => following.ring.since(from)?.map((text) => JSON.parse(text)) ?? [];
  return { ...following, steps };
}

describe('a live source', () => {
  it('listens to no record before the first page, nor after the last page has gone', async () => {
    const { stage, source, listeners } = await openSource(undefined, 0);
    expect(listeners()).toBe(0);
    const [one, other] = [await followed(source), await followed(source)];
    expect(listeners()).toBe(1);
    one.stop();
    one.stop();
    await source.snapshot();
    await stage.until(await stage.spawn({ say: 'Hello.' }), 'completed');
    expect(other.steps().at(-1)?.patch).toHaveProperty('seq');
    expect(listeners()).toBe(1);
    other.stop();
    await vi.waitFor(() => expect(listeners()).toBe(0), patienceMs);
  });

  it('has another epoch after a time without a page, so that an old cursor is recognized', async () => {
    const { source, listeners } = await openSource(undefined, 0);
    const { cursor } = await source.snapshot();
    await vi.waitFor(() => expect(listeners()).toBe(0), patienceMs);
    const { ring } = await followed(source);
    expect(ring.since(cursor ?? '')).toBeUndefined();
  });

  it('that cannot read the state folder fails, listens to no record, and reads again next time', async () => {
    const { stage, source, listeners } = await openSource();
    const { stateDir } = stage.config;
    await rm(stateDir, { recursive: true, force: true });
    await writeFile(stateDir, 'no folder');
    await expect(source.snapshot()).rejects.toThrow('ENOTDIR');
    expect(listeners()).toBe(0);
    await rm(stateDir);
    expect((await source.snapshot()).workers).toEqual([]);
  });

  it('keeps the cursor for a page that returns soon', async () => {
    const { stage, source } = await openSource();
    const { cursor } = await source.snapshot();
    await stage.spawn({ ask: [{ tool: 'Bash' }] });
    const { ring } = await followed(source);
    expect(ring.since(cursor ?? '')?.length).toBeGreaterThan(0);
  });

  it('misses no record of a worker that changes while the source is reading', async () => {
    const { stage, source } = await openSource();
    const id = await stage.spawn({ say: 'One.' }, { ask: [{ tool: 'Bash' }] });
    const first = source.snapshot();
    await stage.until(id, 'awaiting_permission');
    await first;
    const { workers } = await source.snapshot();
    expect(workers).toMatchObject([
      { state: 'awaiting_permission', seq: stage.manager.workers.activityOf(id).seq },
    ]);
  });

  it('shows the workers of another server, and the workers without an owner', async () => {
    const other = await setStage();
    const theirs = await other.spawn({ ask: [{ tool: 'Bash', input: { command: 'ls' } }] });
    await other.until(theirs, 'awaiting_permission');
    const orphan = await other.spawn({ hang: true });
    await other.until(orphan, 'running');
    const { stage, source } = await openSource();
    for (const id of [theirs, orphan]) await copyWorker(other, stage, id);
    await ownedBy(stage, theirs, { pid: 1, start_time: (await startTimeOf(1)) ?? '' });
    await ownedBy(stage, orphan, { pid: 1, start_time: 'long ago' });

    const { workers } = await source.snapshot();
    const rows = workers.map(({ worker_id, owner, state }) => [worker_id, owner, state]);
    expect(rows).toEqual([
      [theirs, 'foreign', 'awaiting_permission'],
      [orphan, 'none', 'running'],
    ]);
  });

  it('follows the workers of other servers in their journals, also new workers', async () => {
    const other = await setStage();
    const { source } = await openSource({ ...(await setStage()), config: other.config });
    const following = await followed(source);
    const id = await other.spawn({ say: 'Hello.' });
    await other.until(id, 'completed');
    await vi.waitFor(
      () => expect(following.steps().map(({ record }) => record.to)).toContain('completed'),
      { timeout: 10_000 },
    );
    const steps = following.steps();
    expect(steps.map(({ record }) => record.seq)).toEqual(steps.map((_, index) => index + 1));
    expect(steps[0]?.patch).toMatchObject({ worker_id: id, owner: 'foreign' });
  });

  it('shows that a worker is ours from the moment of its adoption', async () => {
    const { stage, source, id } = await openOnEndedServer();
    const following = await followed(source);
    expect((await source.snapshot()).workers[0]?.owner).toBe('none');
    const prompt = 'Go on. <stand-in>[{"hang":true}]</stand-in>';
    await stage.manager.resume(id, prompt);
    await stage.until(id, 'running');
    await vi.waitFor(
      () => expect(following.steps().map(({ record }) => record.to)).toContain('running'),
      patienceMs,
    );
    const page = Object.assign({}, ...following.steps().map(({ patch }) => patch));
    expect(page).toMatchObject({ owner: 'ours', state: 'running', turn: 2, prompt });
  });

  it('reads the records that another server wrote just before a worker became ours', async () => {
    const { stage, source, id } = await openOnEndedServer();
    const { journal } = workerPaths(stage.config, id);
    const whole = await readFile(journal, 'utf8');
    await writeFile(journal, `${whole.split('\n').slice(0, 3).join('\n')}\n`);
    const following = await followed(source);
    expect((await source.snapshot()).workers[0]?.seq).toBe(3);

    await writeFile(journal, whole);
    await stage.manager.resume(id, 'Go on. <stand-in>[{"hang":true}]</stand-in>');
    await stage.until(id, 'running');
    await vi.waitFor(
      () => expect(following.steps().map(({ record }) => record.to)).toContain('running'),
      patienceMs,
    );
    const seqs = following.steps().map(({ record }) => record.seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 4));
  });

  it('shows the other workers when a journal is damaged, and names its worker', async () => {
    const { stage, source } = await openSource();
    const id = await stage.spawn({ say: 'Hello.' });
    await stage.until(id, 'completed');
    const broken = '00000000-0000-4000-8000-00000000000b';
    await copyWorker(stage, stage, id, broken);
    await replaceFile(workerPaths(stage.config, broken).journal, (file) =>
      file.writeFile('nothing\n'),
    );
    const { workers } = await source.snapshot();
    expect(workers.map(({ worker_id }) => worker_id)).toEqual([id]);
    expect(stage.warnings).toEqual([expect.stringContaining(`Worker ${broken} is not shown`)]);
  });
});

/** Copies the files of a worker to another logs folder. */
async function copyWorker(from: Stage, to: Stage, id: string, as = id): Promise<void> {
  await from.manager.workers.recorded(id);
  const source = workerPaths(from.config, id).folder;
  const { folder } = workerPaths(to.config, as);
  // A FIFO cannot be copied, and a lease names its owner.
  const filter = (path: string) => !/stdin$|lease/.test(path);
  await cp(source, folder, { recursive: true, filter });
}

async function ownedBy(
  { config }: Stage,
  id: string,
  owner: { pid: number; start_time: string },
): Promise<void> {
  const { lease } = workerPaths(config, id);
  await replaceFile(lease, (file) => file.writeFile(JSON.stringify({ ...owner, since: 1 })));
}
