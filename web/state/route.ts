import { computed, signal } from '@preact/signals';
import { hashOf, isPastRoute, parseRoute, presentOf, type Route } from '../model/route.ts';

export const route = signal<Route>(parseRoute(location.hash));
export const selectedId = computed(() => route.value.worker);
export const isPast = computed(() => isPastRoute(route.value));

const readAddress = () => {
  route.value = parseRoute(location.hash);
};
addEventListener('hashchange', readAddress);
addEventListener('popstate', readAddress);

/** Shows another route. A step through time replaces the entry in the browser's history. */
export function go(next: Route): void {
  const isSameWorker = next.worker === route.peek().worker;
  route.value = next;
  if (isSameWorker) history.replaceState(null, '', hashOf(next));
  else history.pushState(null, '', hashOf(next));
}

/** Leaves the past; the shown worker stays. */
export const backToNow = (): void => go(presentOf(route.peek()));
