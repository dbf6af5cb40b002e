import type { RunFile } from '../../src/projection/contract.ts';
import type { Source } from './source.ts';

/** Serves a run that is part of the page itself: the page is a file, without a server. */
export function embeddedSource({ snapshot, records, transcripts, charts }: RunFile): Source {
  return {
    follow(createListener) {
      const listener = createListener(() => {});
      listener.snapshot(snapshot);
      listener.connection({ kind: 'recorded' });
      return () => {};
    },
    charts: async () => charts,
    records: async (worker_id) => records[worker_id] ?? [],
    async transcript(worker_id, from) {
      const messages = (transcripts[worker_id] ?? []).filter(({ offset }) => offset > from);
      return { messages, next: messages.at(-1)?.offset ?? from, is_end: true };
    },
    answer: refuse,
    resume: refuse,
    stop: refuse,
  };
}

async function refuse(): Promise<never> {
  throw new Error('This is a past run in a file; nothing can be changed in it.');
}

/** Returns the run in the page; undefined for the page of a server. */
export function embeddedRun(): RunFile | undefined {
  const text = document.getElementById('run')?.textContent;
  // The export writes this element; its contract is RunFile.
  return text ? (JSON.parse(text) as RunFile) : undefined;
}
