import { signal } from '@preact/signals';
import { listRows } from './overview.ts';
import { go, route } from './route.ts';
import { backToNow, isPast, stepBy } from './travel.ts';

export const isHelpOpen = signal(false);

/** What each key does, as the help lists it. */
export const keyHelp: [string, string][] = [
  ['j k', 'next and previous worker'],
  ['/', 'search'],
  ['← →', 'step through the past of the worker'],
  ['Esc', 'back to now; then back to all workers'],
  ['a', 'allow once, on a focused request'],
  ['r', 'allow and remember, on a focused request'],
  ['d', 'deny, on a focused request'],
  ['?', 'this help'],
];

/** Listens to the keys that work everywhere on the page. */
export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isHelpOpen.peek()) return;
    const { target } = event;
    if (isWriting(target)) {
      if (event.key === 'Escape') target.blur();
      return;
    }
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

const actions: Record<string, () => void> = {
  j: () => moveTo(1),
  k: () => moveTo(-1),
  '/': focusSearch,
  '?': () => {
    isHelpOpen.value = true;
  },
  ArrowLeft: () => stepBy(-1),
  ArrowRight: () => stepBy(1),
  Escape: () => (isPast.peek() ? backToNow() : go({})),
};

function isWriting(target: EventTarget | null): target is HTMLElement {
  if (target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement && !['range', 'radio', 'checkbox'].includes(target.type)
  );
}

function moveTo(step: number): void {
  const ids = listRows.peek().flatMap((row) => ('id' in row ? [row.id] : []));
  const here = ids.indexOf(route.peek().worker ?? '');
  const next = here === -1 ? (step > 0 ? 0 : ids.length - 1) : here + step;
  const worker = ids[Math.min(ids.length - 1, Math.max(0, next))];
  if (worker !== undefined) go({ worker });
}

/** The log's search where a worker is shown, else that of the list. */
function focusSearch(): void {
  const fields = document.querySelectorAll<HTMLInputElement>('input[type=search]');
  const visible = [...fields].filter((field) => field.offsetParent !== null);
  visible.at(-1)?.focus();
}
