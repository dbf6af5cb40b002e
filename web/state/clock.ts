import { signal } from '@preact/signals';

/** The server's clock, once a second: ages and countdowns go by it. */
export const now = signal(Date.now());

let offset = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Sets the clock to the server's; in a past run it stands still. */
export function syncClock(serverNow: number, isStill: boolean): void {
  clearInterval(timer);
  offset = serverNow - Date.now();
  now.value = serverNow;
  if (isStill) return;
  timer = setInterval(() => {
    now.value = Date.now() + offset;
  }, 1_000);
}
