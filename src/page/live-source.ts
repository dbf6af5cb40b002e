import { unknownWorker } from '../errors.ts';
import { workerPaths } from '../files/paths.ts';
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
import { type Projection, project } from './live-workers.ts';

export interface LiveSourceDeps {
  workers: Workers;
  logsDir: string;
  warn(message: string): void;
  /** How long the workers are followed after the last look at them, in milliseconds. */
  lingerMs?: number;
}

/** A page that reloads, or comes back from another tab, finds its cursor again. */
const defaultLingerMs = 30_000;

/** A living server as a source. It follows the records only while somebody looks. */
export function createLiveSource(deps: LiveSourceDeps): PageSource & { close(): void } {
  const { workers, logsDir, warn, lingerMs = defaultLingerMs } = deps;
  const changes = createFeed<void>((error) => warn(`A page's stream broke: ${String(error)}`));
  let projecting: Promise<Projection> | undefined;
  let holders = 0;
  let leaving: NodeJS.Timeout | undefined;

  const end = () => {
    clearTimeout(leaving);
    void projecting?.then((projection) => projection.stop()).catch(() => {});
    projecting = undefined;
  };
  const letGo = () => {
    holders -= 1;
    if (holders === 0) leaving = setTimeout(end, lingerMs).unref();
  };
  const hold = async () => {
    clearTimeout(leaving);
    holders += 1;
    try {
      projecting ??= project({ workers, logsDir, warn, onChange: () => changes.emit() });
      return await projecting;
    } catch (error) {
      projecting = undefined;
      letGo();
      throw error;
    }
  };

  const filesOf = async (worker_id: string) => {
    const paths = workerPaths(logsDir, worker_id);
    await checkFolder(paths.folder);
    return paths;
  };

  return {
    title: logsDir,
    async snapshot() {
      const projection = await hold();
      try {
        await projection.refresh();
        const { cursor } = projection.ring;
        return { ...snapshotOf(projection.folds()), cursor, supervisor: supervisorView(workers) };
      } finally {
        letGo();
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
      const { ring } = await hold();
      const stops = [changes.subscribe(onChange), watchSupervisor(workers, onChange)];
      let isOver = false;
      return {
        ring,
        supervisor: () => supervisorView(workers),
        stop() {
          if (isOver) return;
          isOver = true;
          for (const stop of stops) stop();
          letGo();
        },
      };
    },
    close: end,
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
