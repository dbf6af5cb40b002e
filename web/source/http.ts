import type {
  ChartsAnswer,
  PageSnapshot,
  RecordsAnswer,
  TranscriptAnswer,
} from '../../src/projection/contract.ts';
import { getJson, postJson, Refusal } from './requests.ts';
import type { Listener, Source } from './source.ts';
import { openStream } from './stream.ts';

/** Retries begin at once and slow down to this. */
const slowestRetryMs = 3_000;

/** The server that served this page. */
export function httpSource(): Source {
  let csrf = '';
  const worker = (id: string) => `/api/workers/${encodeURIComponent(id)}`;
  return {
    follow: (listener) =>
      follow({
        ...listener,
        snapshot(snapshot) {
          csrf = snapshot.csrf ?? '';
          listener.snapshot(snapshot);
        },
      }),
    charts: () => getJson<ChartsAnswer>('/api/charts'),
    records: async (id) => (await getJson<RecordsAnswer>(`${worker(id)}/records`)).steps,
    transcript: (id, from) => getJson<TranscriptAnswer>(`${worker(id)}/transcript?from=${from}`),
    answer: (id, body) => postJson(`/api/permissions/${encodeURIComponent(id)}`, csrf, body),
    resume: (id, prompt) => postJson(`${worker(id)}/resume`, csrf, { prompt }),
    stop: (id) => postJson(`${worker(id)}/stop`, csrf, {}),
    exportUrl: (id) => `${worker(id)}/export?format=html`,
  };
}

/**
 * Snapshot, then stream; again from the start whenever the stream breaks. A hidden page closes its
 * stream, as a browser allows six connections to a server, and goes on at its cursor when it is seen.
 */
function follow(listener: Listener): ReturnType<Source['follow']> {
  let cursor: string | null = null;
  let hasSnapshot = false;
  let close: (() => void) | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let delay = 0;
  /** Whatever an older attempt still brings is no longer listened to. */
  let attempt = 0;

  const halt = () => {
    attempt += 1;
    clearTimeout(retry);
    close?.();
    close = undefined;
  };
  const lose = (error: unknown) => {
    halt();
    listener.connection({ kind: 'lost', why: reasonOf(error) });
    retry = setTimeout(start, delay);
    delay = Math.min(slowestRetryMs, delay * 2 || 250);
  };
  const listen = () => {
    if (cursor === null) return listener.connection({ kind: 'still' });
    close = openStream(cursor, {
      opened() {
        delay = 0;
        listener.connection({ kind: 'live' });
      },
      cursor(next) {
        cursor = next;
      },
      steps: listener.steps,
      supervisor: listener.supervisor,
      resync: start,
      lost: () => lose(undefined),
    });
  };
  const start = async () => {
    halt();
    if (document.hidden && hasSnapshot) return;
    const own = attempt;
    try {
      const snapshot = await getJson<PageSnapshot>('/api/snapshot');
      if (own !== attempt) return;
      hasSnapshot = true;
      cursor = snapshot.cursor;
      listener.snapshot(snapshot);
      if (!document.hidden) listen();
    } catch (error) {
      if (own === attempt) lose(error);
    }
  };
  const onVisibility = () => {
    if (document.hidden) halt();
    else if (!close) hasSnapshot ? listen() : void start();
  };
  document.addEventListener('visibilitychange', onVisibility);
  void start();
  return {
    resync: () => void start(),
    stop() {
      halt();
      document.removeEventListener('visibilitychange', onVisibility);
    },
  };
}

/** Only a server that answers has a sentence; one that is gone is just gone. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return 'The server does not answer; it may have ended. Trying again by itself.';
}
