import { unknownWorker } from '../errors.ts';
import { type Folders, workerPaths } from '../files/paths.ts';
import { checkFolder } from '../files/private-files.ts';
import { createFeed } from '../journal/feed.ts';
import { readJournal } from '../journal/journal.ts';
import { stateText } from '../journal/state-text.ts';
import type { SupervisorView } from '../projection/contract.ts';
import { foldAll } from '../projection/fold.ts';
import { snapshotOf } from '../projection/recorded.ts';
import type { PageSource } from '../projection/source.ts';
import { readTranscript } from '../projection/transcript.ts';
import type { Workers } from '../workers/workers.ts';
import { followWorkers, type LiveWorkers } from './live-workers.ts';

export interface LiveSourceDeps {
  workers: Workers;
  folders: Folders;
  warn(message: string): void;
  /** The time for which the workers are followed after the last use, in milliseconds. */
  lingerMs?: number;
}

/** A page that reloads, or returns from another tab, finds its cursor within this time. */
const defaultLingerMs = 30_000;

/** Creates the source of a running server. It follows the records only while a page uses it. */
export function createLiveSource(deps: LiveSourceDeps): PageSource & { close(): void } {
  const { workers, folders, warn, lingerMs = defaultLingerMs } = deps;
  const changes = createFeed<void>((error) => warn(`A page's stream broke: ${String(error)}`));
  const followed = shareWorkers(
    () => followWorkers({ workers, folders, warn, onChange: () => changes.emit() }),
    lingerMs,
  );

  const filesOf = async (worker_id: string) => {
    const paths = workerPaths(folders, worker_id);
    await checkFolder(paths.folder);
    return paths;
  };

  return {
    title: folders.logsDir,
    async snapshot() {
      const { ring, folds, refresh } = await followed.acquire();
      try {
        await refresh();
        const { cursor } = ring;
        return { ...snapshotOf(folds()), cursor, supervisor: supervisorView(workers) };
      } finally {
        followed.release();
      }
    },
    async records(worker_id) {
      const { journal } = await filesOf(worker_id);
      if (workers.find(worker_id)) await workers.recorded(worker_id).catch(() => {});
      const { steps } = foldAll(await readJournal(journal), ownerOf(workers, worker_id));
      if (steps.length === 0) throw unknownWorker(worker_id);
      return { steps };
    },
    async transcript(worker_id, from) {
      return readTranscript((await filesOf(worker_id)).stdout, from);
    },
    async follow(onChange) {
      const { ring } = await followed.acquire();
      const stops = [changes.subscribe(onChange), watchSupervisor(workers, onChange)];
      let isOver = false;
      return {
        ring,
        supervisor: () => supervisorView(workers),
        stop() {
          if (isOver) return;
          isOver = true;
          for (const stop of stops) stop();
          followed.release();
        },
      };
    },
    close: followed.close,
  };
}

/** Shares one set of followed workers among all users; stops it some time after the last release. */
function shareWorkers(follow: () => Promise<LiveWorkers>, lingerMs: number) {
  let workers: Promise<LiveWorkers> | undefined;
  let users = 0;
  let closing: NodeJS.Timeout | undefined;

  const close = () => {
    clearTimeout(closing);
    void workers?.then(({ stop }) => stop()).catch(() => {});
    workers = undefined;
  };
  const release = () => {
    users -= 1;
    if (users === 0) closing = setTimeout(close, lingerMs).unref();
  };
  return {
    close,
    release,
    async acquire(): Promise<LiveWorkers> {
      clearTimeout(closing);
      users += 1;
      try {
        workers ??= follow();
        return await workers;
      } catch (error) {
        workers = undefined;
        release();
        throw error;
      }
    },
  };
}

function watchSupervisor({ supervisor }: Workers, onChange: () => void): () => void {
  const subscription = supervisor.subscribe(onChange);
  return () => subscription.unsubscribe();
}

function supervisorView({ supervisor }: Workers): SupervisorView {
  const { value, context } = supervisor.getSnapshot();
  const { slots, busy, queue } = context;
  return { state: stateText(value), slots, busy, queue };
}

const ownerOf = (workers: Workers, worker_id: string) =>
  workers.find(worker_id) || workers.parked.has(worker_id) ? 'ours' : 'none';
