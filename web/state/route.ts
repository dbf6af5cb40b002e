import { computed, signal } from '@preact/signals';

/** What the page shows: everything, or one worker; now, or a moment of the past. */
export interface Route {
  worker?: string;
  /** The number of the record after which the worker is shown. */
  seq?: number;
  /** The moment at which everything is shown. */
  time?: number;
}

/** `#/`, `#/t/<ms>`, `#/w/<id>` and `#/w/<id>/e/<seq>`. */
export function parseRoute(hash: string): Route {
  const [, kind, id, sub, value] = hash.replace(/^#/, '').split('/');
  if (kind === 't' && isCount(id)) return { time: Number(id) };
  if (kind !== 'w' || !id) return {};
  const worker = decode(id);
  return sub === 'e' && isCount(value) ? { worker, seq: Number(value) } : { worker };
}

export function hashOf({ worker, seq, time }: Route): string {
  if (worker === undefined) return time === undefined ? '#/' : `#/t/${Math.round(time)}`;
  const base = `#/w/${encodeURIComponent(worker)}`;
  return seq === undefined ? base : `${base}/e/${seq}`;
}

const isCount = (text: string | undefined): boolean => /^\d{1,16}$/.test(text ?? '');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = signal<Route>(parseRoute(location.hash));
export const selectedId = computed(() => route.value.worker);

addEventListener('hashchange', () => {
  route.value = parseRoute(location.hash);
});

/** Goes to another view; moving through time leaves no trail of steps to go back through. */
export function go(next: Route): void {
  const isSamePlace = next.worker === route.peek().worker;
  route.value = next;
  if (isSamePlace) history.replaceState(null, '', hashOf(next));
  else history.pushState(null, '', hashOf(next));
}

addEventListener('popstate', () => {
  route.value = parseRoute(location.hash);
});
