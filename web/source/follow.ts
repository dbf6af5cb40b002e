import type { PageSnapshot } from '../../src/projection/contract.ts';
import { getJson, Refusal } from './requests.ts';
import type { ListenerFactory } from './source.ts';
import { openStream } from './stream.ts';

/**
 * Loads a snapshot, then follows the stream; starts again with a snapshot when the stream breaks.
 * A hidden page closes its stream, because a browser allows six connections to a server, and
 * continues at its cursor when it is visible again.
 */
export function follow(createListener: ListenerFactory): () => void {
  let cursor: string | null | undefined;
  let close: (() => void) | undefined;
  /** Numbers the attempts: the results of an older one are ignored. */
  let attempt = 0;
  const restart = () => void start();
  const retry = createRetry(restart);
  const listener = createListener(restart);

  const halt = () => {
    attempt += 1;
    retry.cancel();
    close?.();
    close = undefined;
  };
  const lose = (error?: unknown) => {
    halt();
    listener.connection({ kind: 'lost', why: reasonOf(error) });
    retry.schedule();
  };
  const listen = (since: string | null) => {
    if (since === null) return listener.connection({ kind: 'recorded' });
    close = openStream(since, {
      ...listener,
      opened() {
        retry.reset();
        listener.connection({ kind: 'connected' });
      },
      cursor(next) {
        cursor = next;
      },
      resync: restart,
      lost: lose,
    });
  };
  const start = async () => {
    halt();
    if (document.hidden && cursor !== undefined) return;
    const own = attempt;
    try {
      const snapshot = await getJson<PageSnapshot>('api/snapshot');
      if (own !== attempt) return;
      cursor = snapshot.cursor;
      listener.snapshot(snapshot);
      if (!document.hidden) listen(cursor);
    } catch (error) {
      if (own === attempt) lose(error);
    }
  };
  const stopWatching = watchVisibility(halt, () => {
    if (!close) cursor === undefined ? restart() : listen(cursor);
  });
  restart();
  return () => {
    halt();
    stopWatching();
  };
}

/** The longest time between two attempts, in milliseconds. */
const slowestRetryMs = 3_000;

/** Schedules attempts: the first at once, each later one after a longer time. */
function createRetry(act: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = 0;
  return {
    schedule() {
      timer = setTimeout(act, delay);
      delay = Math.min(slowestRetryMs, delay * 2 || 250);
    },
    cancel: () => clearTimeout(timer),
    reset() {
      delay = 0;
    },
  };
}

/** Calls back when the page is hidden and when it is visible again. */
function watchVisibility(onHidden: () => void, onVisible: () => void): () => void {
  const onChange = () => (document.hidden ? onHidden() : onVisible());
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

/** Returns the server's sentence if it has answered with one. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return 'The server does not answer; it may have ended. Trying again by itself.';
}
