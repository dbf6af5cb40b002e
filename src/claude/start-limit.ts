import { type Launch, NotStarted } from './launch.ts';

/** How long a silent process counts as starting, in milliseconds. */
const silentMs = 5_000;

/** A launcher with a limit of processes that start at the same time. */
export interface StartLimit {
  launch: Launch;
  /** True while no process starts or waits to be started. */
  readonly isIdle: boolean;
}

/**
 * Limits how many processes start at the same time: a start takes half a second of one core, and more
 * starts than cores only delay each other. A process counts as starting until it has written output,
 * has exited, or has been silent for `silentMs`.
 */
export function limitStarts(launch: Launch, atOnce: number): StartLimit {
  const waiting: (() => void)[] = [];
  let starting = 0;

  const acquire = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve, reject) => {
      const cancel = () => {
        waiting.splice(waiting.indexOf(grant), 1);
        reject(cancelled());
      };
      const grant = () => {
        signal?.removeEventListener('abort', cancel);
        starting += 1;
        resolve();
      };
      if (signal?.aborted) return reject(cancelled());
      if (starting < atOnce) return grant();
      waiting.push(grant);
      signal?.addEventListener('abort', cancel, { once: true });
    });
  const release = () => {
    starting -= 1;
    waiting.shift()?.();
  };

  return {
    get isIdle() {
      return starting === 0;
    },
    async launch(input) {
      await acquire(input.signal);
      const markStarted = callOnce(release);
      try {
        const launched = await launch(input);
        const silence = setTimeout(markStarted, silentMs).unref();
        void launched.exited.then(markStarted).finally(() => clearTimeout(silence));
        return { ...launched, markStarted };
      } catch (error) {
        markStarted();
        throw error;
      }
    },
  };
}

const cancelled = () => new NotStarted('The process was ended before it was started.');

function callOnce(act: () => void): () => void {
  let wasCalled = false;
  return () => {
    if (wasCalled) return;
    wasCalled = true;
    act();
  };
}
