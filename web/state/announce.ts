import { effect, signal } from '@preact/signals';
import { grouped, openRequests } from './overview.ts';

/** The sentence with which a screen reader announces new requests. */
export const announcement = signal('');

/** Keeps the window's title, its icon and the announcement up to date. */
export function announceChanges(): void {
  let known = new Set<string>();
  effect(() => {
    const fresh = openRequests.value.filter(({ request }) => !known.has(request.request_id));
    known = new Set(openRequests.value.map(({ request }) => request.request_id));
    if (fresh.length === 0) return;
    announcement.value = fresh
      .map(({ request, worker }) => `${worker.description} asks to use ${request.tool}.`)
      .join(' ');
  });
  effect(() => {
    const { needs, working, queued } = grouped.value;
    const parts = [
      needs.length > 0 && `${needs.length} need you`,
      working.length > 0 && `${working.length} working`,
      queued.length > 0 && `${queued.length} queued`,
    ].filter(Boolean);
    document.title = parts.length > 0 ? `${parts.join(', ')} – Workers` : 'Workers';
    drawIcon(needs.length > 0 ? 'orange' : working.length > 0 ? 'dodgerblue' : 'gray');
  });
}

function drawIcon(colour: string): void {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6" fill="${colour}"/></svg>`;
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  if (link && link.href !== href) link.href = href;
}
