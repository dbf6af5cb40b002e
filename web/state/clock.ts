import { signal } from '@preact/signals';

/** The server's clock, updated once a second: ages and countdowns use it. */
export const now = signal(Date.now());

let timer: ReturnType<typeof setInterval> | undefined;

/** Sets the clock to the server's time. It does not move in a recorded run. */
export function syncClock(serverNow: number, isRecorded: boolean): void {
  clearInterval(timer);
  const offset = serverNow - Date.now();
  now.value = serverNow;
  if (isRecorded) return;
  timer = setInterval(() => {
    now.value = Date.now() + offset;
  }, 1_000);
}
