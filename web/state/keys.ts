import { signal } from '@preact/signals';
import { listNeighbour } from './overview.ts';
import { backToNow, go, isPast, selectedId } from './route.ts';
import { stepBy } from './travel.ts';

export const isHelpOpen = signal(false);

/** The effect of each key, as the help lists it. */
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

/** Handles the keys that work everywhere on the page. */
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

function moveTo(by: number): void {
  const worker = listNeighbour(selectedId.peek(), by);
  if (worker !== undefined) go({ worker });
}

/** Focuses the search of the log if a worker is shown, else the search of the list. */
function focusSearch(): void {
  const fields = document.querySelectorAll<HTMLInputElement>('input[type=search]');
  const visible = [...fields].filter((field) => field.offsetParent !== null);
  visible.at(-1)?.focus();
}
